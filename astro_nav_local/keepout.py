"""A keepout mask of the map, as the local map's window sees it."""

from __future__ import annotations

import numpy as np

from astro_nav_common.distance_field import distance_field
from astro_nav_common.geometry import transform_points
from astro_nav_common.masks import KeepoutMask
from astro_nav_common.types import Pose
from astro_nav_local.local_map import FAR, LocalMap


class Keepout:
    """What a mask forbids, and where odom lies on it."""

    def __init__(self, mask: KeepoutMask, odom_mask: Pose) -> None:
        """Args: odom_mask: the frame odom in the frame of the mask."""
        self._mask, self._odom_mask = mask, odom_mask

    def distance(self, field_map: LocalMap) -> np.ndarray:
        """(rows, cols) float32: distance of each cell of the window to what is forbidden or, if nearer, to an obstacle, m."""
        rows, cols = field_map.distance.shape
        x = field_map.origin_x + (np.arange(cols) + 0.5) * field_map.resolution
        y = field_map.origin_y + (np.arange(rows) + 0.5) * field_map.resolution
        centers = np.stack(np.meshgrid(x, y), axis=-1).reshape(-1, 2)
        forbidden = self._mask.forbids(transform_points(self._odom_mask, centers))
        if not forbidden.any():
            return field_map.distance
        out = np.empty((rows, cols), np.float32)
        distance_field(forbidden.reshape(rows, cols), field_map.resolution, FAR, out)
        return np.minimum(out, field_map.distance)
