"""The Cosmos DB REST protocol over SQLite, for the unmodified `azure-cosmos` SDK."""
