"""The robot's shape and what surrounds it, as kernels take them."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from astro_nav_common.footprint import Footprint
from astro_nav_common.geometry import polygon_distances, transform_points
from astro_nav_common.types import Pose


class Body(NamedTuple):
    """The numbers of a Shape, m: pan joint; from the base's origin, reach of the screen at any pan angle and radius of the whole; bias.

    pan_inside: up to this pan angle to either side, rad, the screen stays within the base's outline; -1 if it never does.
    """

    pan_x: float
    pan_y: float
    pan_inside: float
    screen_reach: float
    radius: float
    mean_radius: float
    bias: float


class Shape(NamedTuple):
    """A footprint as kernels take it.

    base, screen: probe discs (n, 4) x, y, r, reach, by falling reach; reach is the greatest distance of a point of the disc to the
    origin of its frame.
    """

    base: np.ndarray
    screen: np.ndarray
    body: Body

    @classmethod
    def of(cls, footprint: Footprint) -> Shape:
        """The discs overestimate distances by 0 to `tolerance`: half of it is taken off."""
        base, screen = _by_reach(footprint.base_discs), _by_reach(footprint.screen_discs)
        reach = math.hypot(*footprint.pan) + (screen[0, 3] if len(screen) else 0.0)
        radius = footprint.circumscribed_radius
        mean_radius = 0.5 * (radius + footprint.inscribed_radius)
        inside = _pan_inside(footprint)
        body = Body(*map(float, (*footprint.pan, inside, reach, radius, mean_radius, 0.5 * footprint.tolerance)))
        return cls(base, screen, body)


def _pan_inside(footprint: Footprint) -> float:
    """See `Body`; found to within a degree, on the safe side."""
    inside = -1.0
    for angle in np.radians(np.arange(0.0, 181.0)):
        for side in (angle, -angle):
            corners = transform_points(Pose(*footprint.pan, float(side)), footprint.screen)
            if len(corners) and polygon_distances(corners, footprint.base).max() > 0.0:
                return inside
        inside = float(angle)
    return inside


def _by_reach(discs: np.ndarray) -> np.ndarray:
    reach = np.hypot(discs[:, 0], discs[:, 1]) + discs[:, 2]
    return np.ascontiguousarray(np.column_stack((discs, reach))[np.argsort(-reach, kind="stable")])


class Frame(NamedTuple):
    """Lower left corner and cell size of the local map's grids, m, odom."""

    origin_x: float
    origin_y: float
    resolution: float


class PoseField(NamedTuple):
    """The way to go by pose in a window (`pose_wave.py`): values (headings, n, n) float32, m; its lower left corner, m, odom; the largest.

    It has no headings where the way to go by place will do.
    """

    values: np.ndarray
    x: float
    y: float
    most: float


#: The way to go by place will do.
NO_POSES = PoseField(np.empty((0, 0, 0), np.float32), 0.0, 0.0, 0.0)


class Scene(NamedTuple):
    """What surrounds the robot, as kernels take it.

    distance: (rows, cols) float32 distance to the nearest occupied cell, m. to_go: likewise, the navigation function, m.
    unseen: (rows, cols) uint8, 1 where never seen. frame: of all three.
    people: (T + 1, 4, N) x, y, std of position, m, and the square of the distance beyond which each cannot matter, at each step, as
    made by `crowd`; people_radius: (N,) m.
    poses: see PoseField.
    """

    distance: np.ndarray
    to_go: np.ndarray
    unseen: np.ndarray
    frame: Frame
    people: np.ndarray
    people_radius: np.ndarray
    poses: PoseField = NO_POSES
