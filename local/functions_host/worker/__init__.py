"""The Python worker: the child process that runs the app, and the host's grip on it."""
