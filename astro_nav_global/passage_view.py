"""Whether a passage is open, as the local layer's map shows it."""

from __future__ import annotations

import numpy as np

from astro_nav_common.conventions import OCCUPIED, UNKNOWN
from astro_nav_common.geometry import inverse, transform_points
from astro_nav_common.grid import Grid
from astro_nav_common.types import Pose
from astro_nav_global.passages import HALF_DEPTH, Passage

_STEP = 0.025  # m, finer than the cells of any local map


def is_open(passage: Passage, local_map: Grid, T_map_local: Pose, needed: float) -> bool | None:
    """True if something `needed` m wide fits through, False if it does not, None if too little of the passage is seen.

    Whatever stands within the passage's depth is pushed onto the line between its sides; what is left of the line counts. So an
    open leaf at right angles takes its thickness, a half-open one what it covers, and a closed one everything.

    Args:
        local_map: occupancy in its own frame. T_map_local: that frame in the map.
    """
    along = np.arange(0.5 * _STEP, passage.width, _STEP)
    across = np.arange(-HALF_DEPTH, HALF_DEPTH + 0.5 * _STEP, _STEP)
    points_local = transform_points(inverse(T_map_local), passage.place(along[:, None], across[None, :]))
    cells = np.floor((points_local - (local_map.origin_x, local_map.origin_y)) / local_map.resolution).astype(int)
    if (cells < 0).any() or (cells >= local_map.shape[::-1]).any():
        return None
    seen = local_map.data[cells[..., 1], cells[..., 0]]
    blocked = (seen > OCCUPIED // 2).any(axis=1)
    unseen = (seen == UNKNOWN).any(axis=1)
    if _longest(~blocked & ~unseen) * _STEP >= needed:
        return True
    return False if _longest(~blocked) * _STEP < needed else None


def _longest(flags: np.ndarray) -> int:
    """Length of the longest run of True."""
    changes = np.flatnonzero(np.diff(np.concatenate(([0], flags.astype(np.int8), [0]))))
    return int((changes[1::2] - changes[::2]).max(initial=0))
