"""The robot's shape and what surrounds it, as kernels take them."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from astro_nav_common.footprint import Footprint


class Body(NamedTuple):
    """The numbers of a Shape, m: pan joint; from the base's origin, reach of the screen at any pan angle and radius of the whole; bias."""

    pan_x: float
    pan_y: float
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
        body = Body(*map(float, (*footprint.pan, reach, radius, mean_radius, 0.5 * footprint.tolerance)))
        return cls(base, screen, body)


def _by_reach(discs: np.ndarray) -> np.ndarray:
    reach = np.hypot(discs[:, 0], discs[:, 1]) + discs[:, 2]
    return np.ascontiguousarray(np.column_stack((discs, reach))[np.argsort(-reach, kind="stable")])


class Frame(NamedTuple):
    """Lower left corner and cell size of the local map's grids, m, odom."""

    origin_x: float
    origin_y: float
    resolution: float


class Scene(NamedTuple):
    """What surrounds the robot, as kernels take it.

    distance: (rows, cols) float32 distance to the nearest occupied cell, m. to_go: likewise, the navigation function, m.
    unseen: (rows, cols) uint8, 1 where never seen. frame: of all three.
    people: (T + 1, N, 4) x, y, std of position, m, and the square of the distance beyond which each cannot matter, at each step, as
    made by `crowd`; people_radius: (N,) m.
    """

    distance: np.ndarray
    to_go: np.ndarray
    unseen: np.ndarray
    frame: Frame
    people: np.ndarray
    people_radius: np.ndarray
