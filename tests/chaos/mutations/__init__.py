"""Defects put into copies of the app on purpose, to see whether the checker finds what they break."""
