"""Where the wave of the navigation function starts: the goal, or the guidance path where it leaves the local map."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from astro_nav_common.types import Guidance
from astro_nav_local.wavefront import DOUBTFUL, UNSEEN

#: The wave starts from this much of the path before it leaves the window, m, so one blocked cell at the rim does not matter.
SEED_LENGTH = 1.0
#: How far along the path, beyond where the robot was last on it, to look for where it is now, m.
LOOK_AHEAD = 6.0
#: How far to either side of the path unseen space is taken for what the path's maker took it for, m.
BESIDE = 0.5


class Seeds(NamedTuple):
    """cells: (S, 3) row, col, value m; remaining: way to go beyond value zero, m; final: the goal lies in the window."""

    cells: np.ndarray
    remaining: float
    final: bool


class PathFollower:
    """Remembers how far along the guidance the robot is; the path may cross itself and leave and re-enter the window."""

    def __init__(self, guidance: Guidance) -> None:
        self.guidance = guidance
        steps = np.hypot(*np.diff(guidance.points_odom, axis=0).T) if len(guidance.points_odom) > 1 else np.zeros(0)
        self._arc = np.concatenate(([0.0], np.cumsum(steps)))
        self._at = 0

    def moved(self, guidance: Guidance) -> None:
        """The same path in corrected odom coordinates."""
        self.guidance = guidance

    def progress(self, x: float, y: float) -> int:
        """Index of the path point nearest to the robot, looking ahead from the last one and never far back."""
        points, arc = self.guidance.points_odom, self._arc
        low = max(int(np.searchsorted(arc, arc[self._at] - 1.0)) - 1, 0)
        high = int(np.searchsorted(arc, arc[self._at] + LOOK_AHEAD, side="right"))
        near = np.hypot(points[low:high, 0] - x, points[low:high, 1] - y)
        self._at = low + int(np.argmin(near))
        return self._at

    def doubt(self, unseen: np.ndarray, origin_x: float, origin_y: float, resolution: float) -> np.ndarray:
        """What `march` takes: unseen cells (rows, cols) 1 are DOUBTFUL unless they lie beside the path.

        Who made the path may know the map: a way it does not take, through what has not been seen, is likely none.
        """
        points = self.guidance.points_odom
        count = max(int(self._arc[-1] / BESIDE), 1) + 1
        at = np.linspace(0.0, self._arc[-1], count)
        cols = np.floor((np.interp(at, self._arc, points[:, 0]) - origin_x) / resolution).astype(int)
        rows = np.floor((np.interp(at, self._arc, points[:, 1]) - origin_y) / resolution).astype(int)
        reach = int(BESIDE / resolution)
        height, width = unseen.shape
        out = unseen * np.uint8(DOUBTFUL)
        for row, col in zip(rows.tolist(), cols.tolist()):
            if -reach <= row < height + reach and -reach <= col < width + reach:
                window = slice(max(row - reach, 0), row + reach + 1), slice(max(col - reach, 0), col + reach + 1)
                out[window] = unseen[window] * np.uint8(UNSEEN)
        return out

    def seeds(
        self,
        x: float,
        y: float,
        origin_x: float,
        origin_y: float,
        resolution: float,
        distance: np.ndarray,
        passable: float,
    ) -> Seeds:
        """Seeds for the window with that origin; cells where the robot does not fit are left out while others remain."""
        points, arc = self.guidance.points_odom, self._arc
        at = self.progress(x, y)
        rows, cols = distance.shape
        u = (points[at:, 0] - origin_x) / resolution
        v = (points[at:, 1] - origin_y) / resolution
        inside = (u >= 2) & (u < cols - 2) & (v >= 2) & (v < rows - 2)
        # the first stretch: the path may come back into the window later, which is of no use now
        leaves = np.flatnonzero(~inside)
        end = int(leaves[0]) if leaves.size else inside.size
        if end == 0:  # the path begins outside the window: aim at its nearest point through the rim
            u, v = np.clip(u, 2, cols - 3), np.clip(v, 2, rows - 3)
            end = 1
            return Seeds(np.array([[int(v[0]), int(u[0]), 0.0]]), float(arc[-1] - arc[at]), False)
        if end == inside.size:
            goal = self.guidance.goal_odom
            cells = _around(goal.x, goal.y, origin_x, origin_y, resolution)
            cells[:, :2] = np.clip(cells[:, :2], 0, (rows - 1, cols - 1))
            fits = distance[cells[:, 0].astype(int), cells[:, 1].astype(int)] >= passable
            fits[len(cells) // 2] = True  # the goal itself may stand closer to a wall than the way there should
            return Seeds(cells[fits], 0.0, True)
        remaining = arc[at + end - 1] - arc[at : at + end]
        use = np.flatnonzero(remaining <= SEED_LENGTH)
        cells = np.column_stack((v[use].astype(int), u[use].astype(int), remaining[use]))
        fits = distance[cells[:, 0].astype(int), cells[:, 1].astype(int)] >= passable
        return Seeds(cells[fits] if fits.any() else cells, float(arc[-1] - arc[at + end - 1]), False)


def _around(x: float, y: float, origin_x: float, origin_y: float, resolution: float) -> np.ndarray:
    """(9, 3) the goal's cell and its neighbours with their exact distances to the goal."""
    col, row = int((x - origin_x) / resolution), int((y - origin_y) / resolution)
    cells = [(row + i, col + j) for i in (-1, 0, 1) for j in (-1, 0, 1)]
    centers = [((c + 0.5) * resolution + origin_x, (r + 0.5) * resolution + origin_y) for r, c in cells]
    return np.array([(r, c, float(np.hypot(cx - x, cy - y))) for (r, c), (cx, cy) in zip(cells, centers)])
