"""How a database is reached: one way to write, one way to read, one kind of failure."""
