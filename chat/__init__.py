"""The front door for one person: sign-in, sessions, questions."""
