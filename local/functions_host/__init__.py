"""Serves an unmodified Azure Functions Python app on one machine, durable functions included."""
