"""What a person may ask of a conversation, alike for sessions and groups; whose it is, a `Door` says."""
