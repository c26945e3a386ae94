"""Charts whose every number comes from a stored tool result: found, proposed, checked, computed and told. Pure."""
