"""What the sandbox holds: people, communities, channels and messages, all in memory."""
