"""The worlds of the simulator, by name or file."""
