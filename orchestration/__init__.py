"""The turn: a durable orchestration whose activities call the model and the tools and end the turn."""
