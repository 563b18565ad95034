"""Which plan is followed, and which time of it: plan time runs slower while the robot is slowed down."""

from __future__ import annotations

import math
from collections import deque

import numpy as np

from astro_nav_common.types import Pose, Trajectory
from astro_nav_reactive.tracking import nearest_time, pack, sample

#: time constant of catching up with the time stamps of a plan, s
_CATCH_UP = 1.0
#: plans kept that are not in effect yet; several are under way when the planner expects more delay than there is
_COMING = 16


class Follower:
    """The plan in effect, those to come, and how far behind its time stamps the robot is.

    A slowed robot continues on its path instead of jumping ahead. A new plan starts where the planner predicts the robot, slow-downs
    included, so its stamps hold again; only if the robot is found further back on it is the delay kept.
    """

    def __init__(self) -> None:
        self.clear()

    def clear(self) -> None:
        """Forget all plans."""
        self._plan: np.ndarray | None = None
        self._coming: deque[np.ndarray] = deque(maxlen=_COMING)
        self.ends_in_stop = False
        self.behind = 0.0

    @property
    def waiting(self) -> bool:
        """No plan has come into effect yet."""
        return self._plan is None

    def add(self, plan: Trajectory) -> None:
        """A new plan, to be followed from its first time stamp on."""
        self._coming.append(pack(plan))
        self.ends_in_stop = plan.is_stop

    def update(self, t_effect: float, pose_odom: Pose) -> None:
        """Change to the newest plan in effect when the next command takes effect, for a robot that is at the pose then."""
        changed = False
        while self._coming and self._coming[0][0, 0] <= t_effect:
            self._plan, changed = self._coming.popleft(), True
        if self._plan is not None and changed:
            earliest = max(t_effect - self.behind, float(self._plan[0, 0]))
            self.behind = t_effect - nearest_time(self._plan, earliest, t_effect, *pose_odom)

    def advance(self, dt: float, scale: float) -> None:
        """Plan time ran at `scale` over the last dt; at full scale it catches up gently (the tracking's bounds hold for that too)."""
        self.behind = self.behind + (1.0 - scale) * dt if scale < 1.0 else self.behind * math.exp(-dt / _CATCH_UP)

    def plan_at(self, t_effect: float) -> tuple[np.ndarray, float] | None:
        """The packed plan in effect and the time on it; None if there is none or it is over."""
        if self._plan is None or t_effect - self.behind >= self._plan[-1, 0]:
            return None
        return self._plan, t_effect - self.behind

    def error(self, t_effect: float, pose_odom: Pose) -> tuple[float, float]:
        """Distance (m) and turn (rad) from a pose to the plan at a time; zero without a plan."""
        following = self.plan_at(t_effect)
        if following is None:
            return 0.0, 0.0
        x, y, yaw, _, _, _ = sample(*following)
        return math.hypot(x - pose_odom.x, y - pose_odom.y), math.remainder(yaw - pose_odom.yaw, math.tau)
