"""A whole stack as real processes over DDS, with hands on it: what is between simulator and nodes, who lives, what is true."""
