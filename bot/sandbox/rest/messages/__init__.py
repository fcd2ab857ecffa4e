"""Messages: what they may hold, and the routes that write, read and mark them."""
