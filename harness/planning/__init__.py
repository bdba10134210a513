"""Which runs would decide which claims. Pure functions."""
