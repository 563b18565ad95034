"""The exact footprint: the base's polygon and the screen's, which turns with the pan joint.

For the search a footprint is also a set of probe discs inside its outline: the distance of the footprint to the nearest
obstacle is then the least of (distance field at a disc's centre - its radius), never too small, and too large by no more than
`tolerance`, the largest gap between the outline and the union of the discs.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass

import numpy as np

from astro_nav_common.geometry import polygon_distances, transform_points
from astro_nav_common.robot import RobotParams
from astro_nav_common.types import Pose


@dataclass(frozen=True)
class Footprint:
    """Polygons and probe discs of a robot.

    base: (N, 2) base frame. screen: (M, 2) pan frame, M = 0 for none. pan: position of the joint in the base frame.
    base_discs, screen_discs: (n, 3) x, y, radius in the base and the pan frame. tolerance: m, see the module.
    """

    base: np.ndarray
    screen: np.ndarray
    pan: tuple[float, float]
    base_discs: np.ndarray
    screen_discs: np.ndarray
    tolerance: float

    @classmethod
    def of(cls, robot: RobotParams, tolerance: float = 0.02) -> Footprint:
        """The footprint of a robot, probed to within `tolerance` m. The same object for the same arguments: not to be changed."""
        return _footprint(robot, tolerance)

    @property
    def inscribed_radius(self) -> float:
        """Radius of the largest circle around the base frame's origin within the base, m."""
        return float(-polygon_distances(np.zeros((1, 2)), self.base)[0])

    @property
    def circumscribed_radius(self) -> float:
        """Radius of the smallest circle around the base frame's origin that holds base and screen at any pan angle, m."""
        radius = float(np.hypot(*self.base.T).max())
        if len(self.screen):
            radius = max(radius, float(np.hypot(*self.pan) + np.hypot(*self.screen.T).max()))
        return radius

    @property
    def half_width(self) -> float:
        """Half of the narrowest passage's width that the base fits through, driving straight, m."""
        return float(np.abs(self.base[:, 1]).max())

    def polygons_at(self, pose: Pose, screen_yaw: float = 0.0) -> list[np.ndarray]:
        """Outlines of base and, if there is one, screen in the frame that `pose` is given in."""
        outlines = [transform_points(pose, self.base)]
        if len(self.screen):
            screen_base = transform_points(Pose(self.pan[0], self.pan[1], screen_yaw), self.screen)
            outlines.append(transform_points(pose, screen_base))
        return outlines

    def distances(self, points_base: np.ndarray, screen_yaw: float = 0.0) -> np.ndarray:
        """Exact signed distances (M,) of points (M, 2) in the base frame to the footprint, m."""
        points = np.ascontiguousarray(points_base, float)
        outlines = self.polygons_at(Pose(0.0, 0.0, 0.0), screen_yaw)
        return np.minimum.reduce([polygon_distances(points, outline) for outline in outlines])


@functools.lru_cache(maxsize=16)
def _footprint(robot: RobotParams, tolerance: float) -> Footprint:
    base, screen = robot.footprint_polygon, robot.screen_polygon
    discs = probe_discs(base, tolerance), probe_discs(screen, tolerance)  # takes 30 ms
    return Footprint(base, screen, (robot.pan_x, robot.pan_y), *discs, tolerance)


def probe_discs(polygon: np.ndarray, tolerance: float) -> np.ndarray:
    """Discs (n, 3) x, y, r inside a polygon (N, 2) whose union leaves no point of it further than `tolerance` m away.

    Greedy: from a fine lattice of candidates, each with its largest radius, take again and again the disc that brings
    the most boundary points within the tolerance. Deterministic.
    """
    if len(polygon) == 0:
        return np.empty((0, 3))
    edges = np.roll(polygon, -1, axis=0) - polygon
    step, sampling = tolerance / 4.0, tolerance / 6.0
    outline = np.concatenate(
        [p + np.outer(np.arange(0.0, 1.0, sampling / max(np.hypot(*e), sampling)), e) for p, e in zip(polygon, edges)]
    )
    low, high = polygon.min(axis=0), polygon.max(axis=0)
    counts = np.maximum(np.ceil((high - low) / step).astype(int), 1) + 1
    axes = [np.linspace(low[i], high[i], counts[i] + (counts[i] + 1) % 2) for i in (0, 1)]
    centers: np.ndarray = np.stack(np.meshgrid(*axes), axis=-1).reshape(-1, 2)
    radii = -polygon_distances(centers, polygon)
    centers, radii = centers[radii > 0.0], radii[radii > 0.0]
    reach = radii + tolerance - 0.5 * sampling  # so it holds between the samples of the outline too
    # row by row: all distances at once would take 40 MB
    covers = np.array([np.hypot(*(outline - center).T) <= far for center, far in zip(centers, reach)])
    # prefer large discs among those that cover equally many points: they say more about the inside
    chosen: list[int] = []
    open_points = np.ones(len(outline), bool)
    while open_points.any():
        gain = (covers & open_points).sum(axis=1) + radii / (radii.max() + 1.0)
        best = int(np.argmax(gain))
        if not (covers[best] & open_points).any():
            break  # a corner sharper than the lattice resolves: keep it as a point
        chosen.append(best)
        open_points &= ~covers[best]
    for disc in list(chosen):  # what later discs made needless
        others = [other for other in chosen if other != disc]
        if others and (covers[others].any(axis=0) >= covers[disc]).all():
            chosen = others
    discs = np.column_stack((centers[chosen], radii[chosen]))
    left = outline[open_points]
    return np.concatenate((discs, np.column_stack((left, np.zeros(len(left))))))
