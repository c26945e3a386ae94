"""Tools on MCP servers: who may use which, what the model is shown, and how one call is made and judged."""
