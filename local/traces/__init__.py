"""Receives OTLP over HTTP, as any collector does, and shows the traces of this machine on a page."""
