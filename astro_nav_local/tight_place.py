"""When headings matter for the way to go: where there is no room to turn, before a gap, and where the robot is stuck."""

from __future__ import annotations

import math

import numpy as np

from astro_nav_common.types import State
from astro_nav_local.goal import Goal
from astro_nav_local.local_map import LocalMap
from astro_nav_local.navigation_function import NavigationFunction
from astro_nav_local.pose_wave import CELLS, HEADINGS, RESOLUTIONS, PoseWork, march_poses
from astro_nav_local.proposals import STEP, descend
from astro_nav_local.scene import NO_POSES, PoseField, Shape

#: A robot slower than this, m/s, that has less room than this, m, to turn on the spot, is in a tight place, until it has that much, or is twice as fast.
SLOW, TIGHT, OUT = 0.3, 0.02, 0.1
#: A gap that leaves less than this on either side, m, matters from this far on, m; it is one if so far, m, to both sides obstacles are nearer.
NARROW, AHEAD, ASIDE = 0.1, 1.2, 0.1
#: s in which the wave has to get the robot so far, m, and the time without a call after which it gets them again. In passages with centimetres to
#: spare it may not: what a metre costs there makes too much of how rough a lattice is.
TRIES, AWAY, ANEW = 4.0, 0.6, 1.0


class TightPlace:
    """Watches where the robot is, cycle by cycle."""

    def __init__(self, local_map: LocalMap, navigation: NavigationFunction, shape: Shape, turn_cost: float) -> None:
        """Args: turn_cost: of a turn on the spot, m a rad."""
        self._map, self._navigation, self._shape, self._turn_cost = local_map, navigation, shape, turn_cost
        self._way = np.empty((int(AHEAD / STEP), 2))
        self._work = PoseWork.new()
        self._is_in = False
        self._tries: tuple[float, float, float] | None = None  # since when, s, and from where
        self._asked = -math.inf

    def poses(self, start: State, goal: Goal, is_stuck: bool, distance: np.ndarray) -> PoseField:
        """The way to go by pose around the robot, where headings matter; valid until it is asked for again.

        Args: distance: (rows, cols), as in `Scene`.
        """
        if not self._covers(start):
            return NO_POSES
        row, col = self._map.cell(start.x, start.y)
        self._observe(abs(start.v), float(distance[row, col]) - self._shape.body.radius)
        matters = self._is_in or is_stuck or self._is_before_gap(start, goal, distance)
        return NO_POSES if not matters or self._is_tired(start) else self._march(start, goal, distance)

    def warm_up(self, start: State, goal: Goal) -> None:
        """Compile."""
        if self._covers(start):
            self._march(start, goal, self._map.distance)

    def _covers(self, start: State) -> bool:
        """Whether there can be a wave around the robot."""
        row, col = self._map.cell(start.x, start.y)
        is_inside = min(row, col) > CELLS // 2 and max(row, col) + CELLS // 2 < self._map.cells
        return is_inside and RESOLUTIONS[0] <= self._map.resolution <= RESOLUTIONS[1]

    def _march(self, start: State, goal: Goal, distance: np.ndarray) -> PoseField:
        frame, cost, work = self._map.frame, self._navigation.cost, self._work
        row, col = (at - CELLS // 2 for at in self._map.cell(start.x, start.y))
        most = march_poses(
            np.array((start.x, start.y, start.yaw)), row, col, distance, self._navigation.to_go, frame, self._shape, goal,
            cost.costs, cost.step, self._turn_cost, work,
        )  # fmt: skip
        if math.isinf(most):  # the other wave knows at least the direction
            return NO_POSES
        x, y = frame.origin_x + col * frame.resolution, frame.origin_y + row * frame.resolution
        return PoseField(work.values.reshape(HEADINGS, CELLS, CELLS), x, y, most)

    def _is_tired(self, start: State) -> bool:
        """Whether headings have not got the robot anywhere for too long."""
        since, x, y = self._tries or (start.t, start.x, start.y)
        if not 0.0 <= start.t - self._asked < ANEW or math.hypot(start.x - x, start.y - y) > AWAY:
            since, x, y = start.t, start.x, start.y
        self._tries, self._asked = (since, x, y), start.t
        return start.t - since > TRIES

    def _is_before_gap(self, start: State, goal: Goal, distance: np.ndarray) -> bool:
        """Whether the way soon leads between two things, and not only past one."""
        frame = self._map.frame
        way = self._way[: descend(start.x, start.y, self._navigation.to_go, frame, goal, self._way)]
        if len(way) < 3:
            return False
        along = np.gradient(way, axis=0)
        aside = along[:, ::-1] * (-ASIDE, ASIDE) / np.maximum(np.hypot(*along.T), 1e-6)[:, None]
        cells = (np.stack((way, way + aside, way - aside)) - (frame.origin_x, frame.origin_y)) / frame.resolution
        col, row = np.moveaxis(np.clip(cells.astype(int), 0, len(distance) - 1), -1, 0)
        here, left, right = distance[row, col]
        is_between = np.maximum(left, right) < here + 0.5 * frame.resolution
        return bool((is_between & (here < self._navigation.passable + NARROW)).any())

    def _observe(self, speed: float, room: float) -> None:
        """Args: speed: m/s. room: to turn on the spot, m."""
        if room > OUT or speed > 2.0 * SLOW:
            self._is_in = False
        elif room < TIGHT and speed < SLOW:
            self._is_in = True
