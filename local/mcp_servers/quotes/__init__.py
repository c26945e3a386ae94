"""The `quotes` server: people sign in to it themselves, at an authorization server of its own."""
