"""Azure OpenAI at the wire: Responses, Chat Completions, embeddings and models, answered by a scripted brain."""
