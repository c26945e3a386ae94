"""The durable engine: orchestrations, activities and entities whose state survives the worker and the host."""
