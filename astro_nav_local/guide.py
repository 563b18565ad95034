"""Where the wave of the navigation function starts: the goal, or the guidance path where it leaves the local map."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from astro_nav_common.types import Guidance
from astro_nav_local.wavefront import DOUBTFUL, UNSEEN

#: The wave starts from this much of the path before it leaves the window, m, so one blocked cell at the rim does not matter.
SEED_LENGTH = 1.0
#: How far along the path, beyond where the robot was last on it, to look for where it is now, m.
LOOK_AHEAD = 6.0
#: Of places on a path that are as near to the robot as this, m, a robot that is new on it takes the first.
CLOSED = 0.1
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
        self._at: int | None = None  # not known yet

    def moved(self, guidance: Guidance) -> None:
        """The same path in corrected odom coordinates."""
        self.guidance = guidance

    def progress(self, x: float, y: float) -> int:
        """Index of the path point nearest to the robot, looking ahead from the last one and never far back; at first, on all of it."""
        points, arc, at = self.guidance.points_odom, self._arc, self._at
        low, high = 0, len(points)
        if at is not None:
            low = max(int(np.searchsorted(arc, arc[at] - 1.0)) - 1, 0)
            high = int(np.searchsorted(arc, arc[at] + LOOK_AHEAD, side="right"))
        near = np.hypot(points[low:high, 0] - x, points[low:high, 1] - y)
        if at is None:  # of a path that comes back to where it begins, the beginning
            near = near[: _first_run(near <= near.min() + CLOSED)]
        self._at = low + int(np.argmin(near))
        return self._at

    def doubt(self, unseen: np.ndarray, origin_x: float, origin_y: float, resolution: float) -> np.ndarray:
        """What `march` takes: unseen cells (rows, cols) 1 are DOUBTFUL unless they lie beside the path.

        Who made the path may know the map: a way it does not take, through what has not been seen, is likely none.
        """
        reach = int(BESIDE / resolution)
        height, width = unseen.shape
        low = origin_x - BESIDE, origin_y - BESIDE
        high = origin_x + width * resolution + BESIDE, origin_y + height * resolution + BESIDE
        at = self.samples(low, high) - (origin_x, origin_y)
        out = unseen * np.uint8(DOUBTFUL)
        for col, row in np.floor(at / resolution).astype(int).tolist():
            window = (
                slice(max(row - reach, 0), max(row + reach + 1, 0)),
                slice(max(col - reach, 0), max(col + reach + 1, 0)),
            )
            out[window] = unseen[window] * np.uint8(UNSEEN)
        return out

    def samples(self, low: tuple[float, float], high: tuple[float, float]) -> np.ndarray:
        """(M, 2) points of the path at most BESIDE apart where it lies in a rectangle between two corners, however long the rest is."""
        points, arc = self.guidance.points_odom, self._arc
        if len(points) == 1:
            return points[((points >= low) & (points <= high)).all(axis=1)]
        begin, step = points[:-1], np.diff(points, axis=0)
        with np.errstate(divide="ignore", invalid="ignore"):
            enter, leave = (low - begin) / step, (high - begin) / step
        enter, leave = np.minimum(enter, leave), np.maximum(enter, leave)
        # along an axis on which it stands still, a segment is in all the way, or never
        outside = np.where((begin >= low) & (begin <= high), 0.0, np.inf)
        enter = np.where(step == 0.0, outside, enter).max(axis=1).clip(min=0.0)
        leave = np.where(step == 0.0, 1.0 - outside, leave).min(axis=1).clip(max=1.0)
        inside = np.flatnonzero(enter <= leave)
        if inside.size == 0:
            return np.empty((0, 2))
        length = np.diff(arc)[inside]
        first, last = arc[inside] + enter[inside] * length, arc[inside] + leave[inside] * length
        gaps = np.flatnonzero(first[1:] > last[:-1] + 1e-6)  # between the times it is inside
        stretches = zip(first[np.r_[0, gaps + 1]].tolist(), last[np.r_[gaps, inside.size - 1]].tolist())
        at = np.concatenate([np.linspace(a, b, max(math.ceil((b - a) / BESIDE - 1e-9), 1) + 1) for a, b in stretches])
        return np.column_stack((np.interp(at, arc, points[:, 0]), np.interp(at, arc, points[:, 1])))

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


def _first_run(is_near: np.ndarray) -> int:
    """Where the first run of True ends."""
    first = int(np.argmax(is_near))
    far = np.flatnonzero(~is_near[first:])
    return first + int(far[0]) if far.size else is_near.size


def _around(x: float, y: float, origin_x: float, origin_y: float, resolution: float) -> np.ndarray:
    """(9, 3) the goal's cell and its neighbours with their exact distances to the goal."""
    col, row = int((x - origin_x) / resolution), int((y - origin_y) / resolution)
    cells = [(row + i, col + j) for i in (-1, 0, 1) for j in (-1, 0, 1)]
    centers = [((c + 0.5) * resolution + origin_x, (r + 0.5) * resolution + origin_y) for r, c in cells]
    return np.array([(r, c, float(np.hypot(cx - x, cy - y))) for (r, c), (cx, cy) in zip(cells, centers)])
