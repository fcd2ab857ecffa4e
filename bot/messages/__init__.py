"""The words that Beadle sends: pure functions from a case to a message."""
