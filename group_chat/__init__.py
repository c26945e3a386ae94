"""The front door for groups: people and the coach in one room."""
