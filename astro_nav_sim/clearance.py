"""How close the robot really is to anything: the exact outlines of base and screen against the world's true shapes."""

from __future__ import annotations

import math
from collections.abc import Iterable

import numpy as np

from astro_nav_common.footprint import Footprint
from astro_nav_common.geometry import polygon_distance
from astro_nav_common.jit import kernel
from astro_nav_common.types import State
from astro_nav_sim.robot import SimRobot
from astro_nav_sim.world import Box, Solid


class ClearanceMeter:
    """Distances of base and screen, each to what stands at its own height."""

    def __init__(self, robot: SimRobot, solids: Iterable[Solid]) -> None:
        """Args: solids: what never moves."""
        base = robot.base
        self._footprint = Footprint.of(robot.params)
        # (low, high) of each outline that polygons_at() gives
        self._heights = ((base.ground_clearance, base.height), (base.height, base.screen_height))
        solids = tuple(solids)
        self._static = [_pack(solids, *heights) for heights in self._heights]

    def distance(self, truth: State, moving: Iterable[Solid] = (), cap: float = 2.0) -> float:
        """Least distance in m of the robot at `truth` (world frame) to anything, 0 or less in contact, at most `cap`."""
        moving = tuple(moving)
        least = cap
        outlines = self._footprint.polygons_at(truth.pose, truth.screen_yaw)
        for outline, heights, static in zip(outlines, self._heights, self._static):
            least = _least_distance(outline, *static, least)
            if moving:
                least = _least_distance(outline, *_pack(moving, *heights), least)
        return float(least)


def _pack(solids: Iterable[Solid], low: float, high: float) -> tuple[np.ndarray, np.ndarray]:
    """Cylinders (N, 3) x, y, radius and boxes (M, 4, 2) corners of the solids that reach into [low, high]."""
    at_height = [solid for solid in solids if solid.z_low < high and solid.z_high > low]
    cylinders = [(solid.x, solid.y, solid.radius) for solid in at_height if not isinstance(solid, Box)]
    boxes = [box_corners(solid) for solid in at_height if isinstance(solid, Box)]
    return np.array(cylinders, float).reshape(-1, 3), np.array(boxes, float).reshape(-1, 4, 2)


def distance_to(solid: Solid, x: float, y: float) -> float:
    """Distance of a point to a solid's outline, negative inside, m."""
    if isinstance(solid, Box):
        return float(polygon_distance(x, y, box_corners(solid)))
    return math.hypot(x - solid.x, y - solid.y) - solid.radius


def box_corners(box: Box) -> np.ndarray:
    """(4, 2) corners of a box, counter-clockwise, m."""
    c, s = math.cos(box.yaw), math.sin(box.yaw)
    along, across = 0.5 * box.size_x * np.array((c, s)), 0.5 * box.size_y * np.array((-s, c))
    center = np.array((box.x, box.y))
    return np.array(
        [center + along + across, center - along + across, center - along - across, center + along - across]
    )


@kernel
def _least_distance(outline: np.ndarray, cylinders: np.ndarray, boxes: np.ndarray, cap: float) -> float:
    """Least distance of a convex outline to any shape. Two convex polygons are closest at a corner of either, or they overlap,
    and then, unless two of them form a cross, a corner of one lies in the other: deep overlap does not happen to a body that
    physics keeps out."""
    least = cap
    cx, cy = outline[:, 0].mean(), outline[:, 1].mean()
    reach = 0.0
    for k in range(outline.shape[0]):
        reach = max(reach, math.hypot(outline[k, 0] - cx, outline[k, 1] - cy))
    for i in range(cylinders.shape[0]):
        x, y, radius = cylinders[i, 0], cylinders[i, 1], cylinders[i, 2]
        if math.hypot(x - cx, y - cy) - radius - reach < least:
            least = min(least, polygon_distance(x, y, outline) - radius)
    for i in range(boxes.shape[0]):
        if polygon_distance(cx, cy, boxes[i]) - reach >= least:
            continue
        for k in range(4):
            least = min(least, polygon_distance(boxes[i, k, 0], boxes[i, k, 1], outline))
        for k in range(outline.shape[0]):
            least = min(least, polygon_distance(outline[k, 0], outline[k, 1], boxes[i]))
    return least
