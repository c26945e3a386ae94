"""What people commonly ask: questions masked, embedded, clustered and watched over time. It never sees who asks."""
