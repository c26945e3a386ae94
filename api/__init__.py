"""The HTTP API: what people and administrators do beside talking. Described by the OpenAPI document it serves."""
