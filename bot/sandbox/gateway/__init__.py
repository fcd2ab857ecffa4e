"""The gateway: sessions, and the events they are sent."""
