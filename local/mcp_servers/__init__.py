"""Real MCP servers for development: the sales playbook, a CRM and a web search, each over its own data."""
