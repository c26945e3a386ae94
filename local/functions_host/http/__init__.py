"""The HTTP front: routes of the app, admin endpoints, durable management API."""
