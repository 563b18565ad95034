"""What the simulator knows of the robot."""

from __future__ import annotations

from typing import NamedTuple


class Truth(NamedTuple):
    """The robot as the simulator knows it: s, m, m, rad in the map, m/s, rad/s."""

    t: float
    x: float
    y: float
    yaw: float
    v: float
    w: float
