"""The supervisor: starts the development cloud in order, watches it, stops it as one."""
