"""Who is told and when: the use cases of Beadle, with Discord, the clock and the database at their edge."""
