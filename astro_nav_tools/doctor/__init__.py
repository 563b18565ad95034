"""`astro-nav doctor`: is everything here that the stack needs, and if not, what to do about it."""
