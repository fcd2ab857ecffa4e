"""Put decisions on record first, then carry each act out once."""
