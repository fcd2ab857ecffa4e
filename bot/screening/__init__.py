"""See every post once, whatever happens to the connection, and decide what is to be done."""
