"""How a tour stands and how its goals ended."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import NamedTuple


@dataclass
class Outlook:
    """How the drive stands, for the progress line. Times are simulated, s; distances m; speed m/s."""

    time: float = 0.0
    remaining: float = math.nan
    speed: float = 0.0
    collisions: int = 0
    recoveries: int = 0


class Leg(NamedTuple):
    """How one goal ended. code and message: the action's; start, end: simulated time, s."""

    name: str
    reached: bool
    code: int
    message: str
    start: float
    end: float
    recoveries: int
