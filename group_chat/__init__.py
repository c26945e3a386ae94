"""The front door for groups."""
