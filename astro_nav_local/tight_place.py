"""When headings matter for the way to go: in a tight place, before a gap, and where the robot stands and does not get on."""

from __future__ import annotations

import math

import numpy as np

from astro_nav_common.types import State
from astro_nav_local.goal import Goal
from astro_nav_local.local_map import LocalMap
from astro_nav_local.pose_wave import CELLS, HEADINGS, PoseWork, march_poses
from astro_nav_local.proposals import STEP, descend
from astro_nav_local.scene import NO_POSES, Frame, PoseField, Shape
from astro_nav_local.wavefront import WayCost

#: A robot slower than this, m/s, is in a tight place if it has less room than this, m, to turn on the spot; it is out with that much.
SLOW, TIGHT, OUT = 0.3, 0.02, 0.1
#: A gap that leaves less than this on either side, m, matters from this far on, m; it is one if obstacles are nearer so far, m, to either side.
NARROW, AHEAD, ASIDE = 0.1, 1.2, 0.1
#: One that stands for so long, s, slower than this, m/s and rad/s, does not get on, until it is so far from there, m.
STANDS, STANDING, AWAY = 0.4, (0.05, 0.2), 0.6


class TightPlace:
    """Watches where the robot is, cycle by cycle."""

    def __init__(self, local_map: LocalMap, shape: Shape, costs: WayCost, turn_cost: float, half_width: float) -> None:
        """Args: turn_cost: of a turn on the spot, m a rad. half_width: of the footprint, m."""
        self._map, self._shape, self._costs, self._turn_cost = local_map, shape, costs, turn_cost
        self._narrow = half_width + NARROW
        self._way = np.empty((int(AHEAD / STEP), 2))
        self._work: PoseWork | None = None
        self._is_in = False
        self._since = math.inf  # when it stopped
        self._stood: tuple[float, float] | None = None

    def poses(self, now: float, start: State, goal: Goal | None, distance: np.ndarray, to_go: np.ndarray) -> PoseField:
        """The way to go by pose around the robot, where headings matter.

        Args: distance, to_go: (rows, cols), as in `Scene`.
        """
        local_map = self._map
        frame = Frame(local_map.origin_x, local_map.origin_y, local_map.resolution)
        row, col = local_map.cell(start.x, start.y)
        low_row, low_col = row - CELLS // 2, col - CELLS // 2
        is_inside = min(low_row, low_col) >= 0 and max(low_row, low_col) + CELLS <= local_map.cells
        self._observe(now, start, goal is not None, float(distance[row, col]) if is_inside else math.inf)
        if goal is None or not is_inside:
            return NO_POSES
        if not (self._is_in or self._stood or self._is_before_gap(start, goal, distance, to_go, frame)):
            return NO_POSES
        self._work = work = self._work or PoseWork.new()
        most = march_poses(
            np.array((start.x, start.y, start.yaw)), low_row, low_col, distance, to_go, frame, self._shape, goal,
            self._costs.costs, self._costs.step, self._turn_cost, work,
        )  # fmt: skip
        x, y = frame.origin_x + low_col * frame.resolution, frame.origin_y + low_row * frame.resolution
        return PoseField(work.values.reshape(HEADINGS, CELLS, CELLS), x, y, most)

    def _is_before_gap(self, start: State, goal: Goal, distance: np.ndarray, to_go: np.ndarray, frame: Frame) -> bool:
        """Whether the way soon leads between two things, and not only past one."""
        way = self._way[: descend(start.x, start.y, to_go, frame, goal, self._way)]
        if len(way) < 3:
            return False
        along = np.gradient(way, axis=0)
        aside = along[:, ::-1] * (-ASIDE, ASIDE) / np.maximum(np.hypot(*along.T), 1e-6)[:, None]
        cells = (np.stack((way, way - aside, way + aside)) - (frame.origin_x, frame.origin_y)) / frame.resolution
        col, row = np.moveaxis(np.clip(cells.astype(int), 0, len(distance) - 1), -1, 0)
        here, left, right = distance[row, col]
        return bool(((here < self._narrow) & (np.maximum(left, right) < here + 0.5 * frame.resolution)).any())

    def _observe(self, now: float, start: State, has_goal: bool, distance: float) -> None:
        """Args: distance: to the nearest obstacle, m."""
        room = distance - self._shape.body.radius
        if room > OUT or abs(start.v) > 2.0 * SLOW:
            self._is_in = False
        elif room < TIGHT and abs(start.v) < SLOW:
            self._is_in = True
        if abs(start.v) > STANDING[0] or abs(start.w) > STANDING[1] or not has_goal or now < self._since:
            self._since = now
        if now - self._since > STANDS:
            self._stood = start.x, start.y
        elif self._stood and math.hypot(start.x - self._stood[0], start.y - self._stood[1]) > AWAY:
            self._stood = None
