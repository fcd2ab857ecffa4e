"""Read a text as a person would see it, and keep the way back to what was written."""
