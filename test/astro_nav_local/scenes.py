"""Small scenes that several tests plan in."""

from __future__ import annotations

import math

import numpy as np

from astro_nav_common.robot import RobotParams
from astro_nav_common.types import Command, Guidance, Obstacle, Pose, Scan, State, Trajectory
from astro_nav_local.local_plan import LocalPlan
from astro_nav_local.params import LocalParams
from astro_nav_local.planner import LocalPlanner

BEAMS = 720
Segment = tuple[float, float, float, float]
#: a corridor with a wall to get round
WALLS: list[Segment] = [(-2.0, 1.0, 12.0, 1.0), (-2.0, -1.0, 12.0, -1.0), (1.5, -1.0, 1.5, 0.2)]


def scan_of(segments: list[Segment], pose: Pose, t: float, range_max: float = 10.0) -> Scan:
    """An exact full-circle scan of wall segments (x1, y1, x2, y2) from a pose, all in odom."""
    angles = -math.pi + np.arange(BEAMS) * 2.0 * math.pi / BEAMS
    c, s = np.cos(angles + pose.yaw), np.sin(angles + pose.yaw)
    ranges = np.full(BEAMS, np.inf)
    for x1, y1, x2, y2 in segments:
        ex, ey, ax, ay = x2 - x1, y2 - y1, x1 - pose.x, y1 - pose.y
        with np.errstate(divide="ignore", invalid="ignore"):
            det = ex * s - ey * c
            along = (ay * ex - ax * ey) / det
            u = (c * ay - s * ax) / det
        hit = (along > 0.0) & (u >= 0.0) & (u <= 1.0)
        ranges[hit] = np.minimum(ranges[hit], along[hit])
    return Scan(t, ranges.astype(np.float32), -math.pi, 2.0 * math.pi / BEAMS, 0.05, range_max)


def straight_guidance(length: float = 10.0, path_id: int = 1) -> Guidance:
    """Along x from the origin."""
    x = np.linspace(0.0, length, int(length * 10) + 1)
    return Guidance(np.column_stack((x, np.zeros_like(x))), Pose(length, 0.0, 0.0), path_id=path_id)


def passers_by(count: int, now: float, x: float, y: float) -> list[Obstacle]:
    """People who walk past (x, y) at 2 m, one after the other."""
    sides = [2.0 if i % 2 else -2.0 for i in range(count)]
    states = [np.array((x + i - 2.0 + 0.3 * math.sin(now), y + side, 1.0, 0.0)) for i, side in enumerate(sides)]
    return [Obstacle(i, now, state, np.diag((0.02, 0.02, 0.04, 0.04)), 0.25) for i, state in enumerate(states)]


class Drive:
    """An ideal robot that does exactly what each plan says from its t_effect on: the planner alone, without a simulator."""

    def __init__(self, robot: RobotParams, walls: list[Segment], params: LocalParams | None = None) -> None:
        self.planner = LocalPlanner(params or LocalParams(), robot)
        self.state = State(0.0, 0.0, 0.0, 0.0)
        self.walls = walls
        self._plan: Trajectory | None = None

    def cycle(self) -> LocalPlan:
        """Sense, plan, and drive for a tenth of a second."""
        planner, t = self.planner, self.state.t
        planner.add_odometry(self.state)
        planner.add_scan(scan_of(self.walls, self.state.pose, t))
        made = planner.plan(t)
        for k in range(1, 11):
            now = t + 0.01 * k
            plan = made.trajectory if now >= made.trajectory.t[0] else self._plan
            self.state = plan.sample(now) if plan is not None else self.state._replace(t=now)
            planner.add_command(
                now - planner.actuation_delay, Command(self.state.v, self.state.w, self.state.screen_yaw)
            )
        self._plan = made.trajectory
        return made

    def run(self, cycles: int) -> list[LocalPlan]:
        """The plans of that many cycles."""
        return [self.cycle() for _ in range(cycles)]
