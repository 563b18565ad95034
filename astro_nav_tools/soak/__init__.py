"""Hours of driving in minutes of attention: random goals, doors, obstacles and faults on a running stack, and what it costs."""
