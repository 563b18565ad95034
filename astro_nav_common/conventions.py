"""Frames, units and the few scalar helpers that everything agrees on (REP-103, REP-105, SI, radians)."""

from __future__ import annotations

import math

import numpy as np

MAP_FRAME = "map"
ODOM_FRAME = "odom"
BASE_FRAME = "base_link"

#: stamps may be ahead of the clock by this (clocks of several machines), s
STAMP_AHEAD = 0.1

#: occupancy values of nav_msgs/OccupancyGrid
FREE, OCCUPIED, UNKNOWN = 0, 100, -1


def wrap_angle(angle: float) -> float:
    """Angle in (-pi, pi], rad."""
    return math.pi - (math.pi - angle) % (2.0 * math.pi)


def wrap_angles(angles: np.ndarray) -> np.ndarray:
    """Angles in (-pi, pi], rad, any shape."""
    return np.pi - np.mod(np.pi - angles, 2.0 * np.pi)
