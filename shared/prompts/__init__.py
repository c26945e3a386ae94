"""The coach's prompt templates: immutable versions and movable labels in Blob Storage, with typed variables."""
