"""Where to, as the kernels take it."""

from __future__ import annotations

from typing import NamedTuple


class Goal(NamedTuple):
    """Where N is zero, in odom. final: it lies in the window; heading: its yaw counts."""

    x: float
    y: float
    yaw: float
    final: bool
    heading: bool
