"""The guidance path: which way, roughly."""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from astro_nav_common.errors import InputError
from astro_nav_common.types import Pose


@dataclass(frozen=True)
class GlobalPath:
    """Guidance in the planner's frame (map, or odom where there is no map).

    points: (N, 3) x, y, yaw; N >= 2; headings along the path, the last one the goal's own. cost: metres of open space that
    driving it is worth, at least its length.
    """

    points: np.ndarray
    cost: float

    def __post_init__(self) -> None:
        if (
            self.points.ndim != 2
            or self.points.shape[1] != 3
            or len(self.points) < 2
            or not np.isfinite(self.points).all()
        ):
            raise InputError(
                f"a path needs at least two finite points x, y, yaw, got an array of shape {self.points.shape}"
            )

    @property
    def goal(self) -> Pose:
        """The pose at its end."""
        return Pose(*(float(value) for value in self.points[-1]))

    @cached_property
    def arc(self) -> np.ndarray:
        """(N,) length from the start to each point, m."""
        return np.concatenate(([0.0], np.cumsum(np.hypot(*np.diff(self.points[:, :2], axis=0).T))))

    @property
    def length(self) -> float:
        """m."""
        return float(self.arc[-1])

    def locate(self, x: float, y: float, near: int = 0, reach: float = 3.0) -> tuple[int, float]:
        """Where on the path a robot at (x, y) is.

        Args:
            near: index of the point where it was last; only points up to `reach` m from there along the path are
                considered, so a path that passes the same place twice is not cut short.

        Returns:
            Index of the nearest point and the distance to it, m.
        """
        low, high = np.searchsorted(self.arc, (self.arc[near] - reach, self.arc[near] + reach), side="right")
        low = max(int(low) - 1, 0)
        gaps = np.hypot(self.points[low:high, 0] - x, self.points[low:high, 1] - y)
        index = int(np.argmin(gaps))
        return low + index, float(gaps[index])

    def remaining(self, index: int) -> float:
        """Length from the point `index` to the goal, m."""
        return self.length - float(self.arc[index])


def heading_points(xy: np.ndarray, goal_yaw: float) -> np.ndarray:
    """(N, 3) x, y, yaw of a polyline (N, 2): headings by central differences, the last one `goal_yaw`."""
    ahead = np.vstack((xy[1:], xy[-1:]))
    behind = np.vstack((xy[:1], xy[:-1]))
    step = ahead - behind
    yaw = np.arctan2(step[:, 1], step[:, 0])
    standing = np.hypot(*step.T) < 1e-9
    yaw[standing] = goal_yaw
    yaw[-1] = goal_yaw
    return np.column_stack((xy, yaw))


def subdivide(xy: np.ndarray, spacing: float) -> np.ndarray:
    """A polyline (N, 2) with points added so that none are further apart than `spacing` m.

    All its corners are kept, so it runs through the same places.
    """
    parts = [xy[:1]]
    for a, b in itertools.pairwise(xy):
        count = max(math.ceil(math.hypot(*(b - a)) / spacing - 1e-9), 1)
        parts.append(a + (b - a) * (np.arange(1, count + 1) / count)[:, None])
    return np.concatenate(parts)


def straight_path(start: Pose, goal: Pose) -> GlobalPath:
    """A straight line, ahead or back."""
    return GlobalPath(
        heading_points(subdivide(np.array((start[:2], goal[:2])), 0.1), goal.yaw), math.dist(start[:2], goal[:2])
    )
