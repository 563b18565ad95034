"""A robot that stands although it has somewhere to go is stuck, and dares more, slowly, the longer it stands, until it has got away from there."""

from __future__ import annotations

import math

from astro_nav_common.types import State

#: Slower than this, m/s and rad/s, is standing.
STANDING = 0.05, 0.2
#: s after which it is stuck.
STUCK = 0.4
#: s that it may stand before it dares more; s until twice as much, and how many times that happens at most.
PATIENCE, DOUBLING, DOUBLINGS = 2.0, 1.0, 4
#: m from where it stood at which it is as careful as usual again.
AWAY = 0.6
#: s without anywhere to go after which it is, too: longer than a recovery.
IDLE = 20.0
#: m/s: no faster while it dares more than usual; the guard stops it within a centimetre.
DARING_SPEED = 0.2


class Standstill:
    """Observes the robot cycle by cycle."""

    def __init__(self) -> None:
        self._since = self._idle_since = math.inf
        self._at = (0.0, 0.0)
        self._doublings = 0
        #: True until it has got away
        self.is_stuck = False

    @property
    def daring(self) -> float:
        """By how much less than usual count a collision, driving close to things and driving backwards; from 1 on."""
        return 2.0**self._doublings

    def update(self, now: float, state: State, has_goal: bool) -> None:
        """Take in where the robot is at `now`, s, and whether it has somewhere to go."""
        if math.hypot(state.x - self._at[0], state.y - self._at[1]) > AWAY:
            self._doublings, self.is_stuck = 0, False
        if has_goal or now < self._idle_since:
            self._idle_since = now
        if now - self._idle_since > IDLE:
            self._doublings, self.is_stuck = 0, False
        moves = abs(state.v) > STANDING[0] or abs(state.w) > STANDING[1]
        if moves or not has_goal or now < self._since:
            self._since = now
        stood = now - self._since
        if stood > STUCK:
            self._at, self.is_stuck = (state.x, state.y), True
        if stood > PATIENCE:
            self._doublings = max(self._doublings, min(math.ceil((stood - PATIENCE) / DOUBLING), DOUBLINGS))
