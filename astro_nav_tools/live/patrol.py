"""Back and forth between two goals for as long as it is ticked."""

from __future__ import annotations

import math
import time
from typing import TYPE_CHECKING

from astro_nav_common.types import Pose

if TYPE_CHECKING:
    from astro_nav_tools.live.client_node import Client

#: s between attempts at a goal that failed
RETRY = 0.5


class Patrol:
    """Sends the goals of a client."""

    def __init__(self, client: Client, ends: tuple[Pose, Pose]) -> None:
        self._client, self._ends = client, ends
        self._next = 0
        self._not_before = 0.0

    def tick(self) -> None:
        """Send the next goal, or again one that has failed."""
        client = self._client
        if client.has_goal or time.monotonic() < self._not_before:
            return
        if client.ended is not None and client.ended.reached:
            self._next = 1 - self._next
        client.go(self._ends[self._next])
        self._not_before = time.monotonic() + RETRY

    def room(self) -> float:
        """m to the goal that is driven to."""
        now, goal = self._client.now, self._ends[self._next]
        return math.hypot(goal.x - now.x, goal.y - now.y)
