"""Triggers other than HTTP and durable ones."""
