"""What a guard that holds the robot tells the planner: things are closer than the map says.

Planner and guard see the same thing with different eyes: cells and a price for risk here, measured points and a fixed margin there. Where
the guard refuses what the planner goes on wanting, the robot would stand forever. So while it is held, distances to what the map shows
count for less, and more so the longer it lasts: to come closer gets dearer, to stay as close costs nothing, and a motion that opens
distance, or another way, becomes the best. Once the robot moves this fades.
"""

from __future__ import annotations

import math

from astro_nav_common.history import CommandHistory
from astro_nav_common.types import Command, State, Trajectory

#: m/s by which distances lose while the robot is held, and m at most
GROWTH, LARGEST = 0.05, 0.06
#: s in which that fades to 1/e
FADING = 2.0
#: faster than this is moving, m/s and rad/s; a plan wants to move if it does so this much later, s
MOVING, LOOK_AHEAD = (0.1, 0.2), 0.5
#: s without a command to move after which a robot that wants to is held
PATIENCE = 0.4


class Held:
    """Watches, cycle by cycle, whether the robot may do what it wants."""

    def __init__(self) -> None:
        #: m to take off distances
        self.bias = 0.0
        #: True while the robot is held
        self.now = False
        self._t: float | None = None
        self._moved_t = -math.inf

    def update(self, t: float, state: State, commands: CommandHistory, plan: Trajectory | None) -> None:
        """One cycle at t. Args: state: newest odometry. commands: that were sent. plan: the last one, if any."""
        dt = max(t - self._t, 0.0) if self._t is not None else 0.0
        sent, is_first = commands.at(t), self._t is None
        self._t = t
        if (
            is_first
            or sent is None
            or plan is None
            or _moves(sent)
            or _moves(state)
            or not _moves(plan.sample(t + LOOK_AHEAD))
        ):
            self._moved_t = t
        self.now = t - self._moved_t >= PATIENCE
        self.bias = min(self.bias + GROWTH * dt, LARGEST) if self.now else self.bias * math.exp(-dt / FADING)


def _moves(motion: State | Command) -> bool:
    return abs(motion.v) > MOVING[0] or abs(motion.w) > MOVING[1]
