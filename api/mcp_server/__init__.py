"""The coach as an MCP server: other MCP clients ask it and read a person's conversations, as that person."""
