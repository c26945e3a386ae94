"""Measurements: of single services, and of a whole turn."""
