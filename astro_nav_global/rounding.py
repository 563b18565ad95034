"""Rounding off the corners of any path: as near to it as possible, as straight as possible.

Positions y of the points x minimise sum |y_i - x_i|^2 w_i + (length / spacing)^4 sum |y_{i-1} - 2 y_i + y_{i+1}|^2, ends fixed:
one banded linear system, so the outcome does not depend on a number of iterations. Bends shorter than `length` go, longer ones stay.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from scipy.linalg import solveh_banded

from astro_nav_common.errors import PlanningError

#: points that must not move as far have their weight raised by this, so many times
_STIFFER, _ROUNDS = 10.0, 6


def round_off(
    points: np.ndarray,
    length: float,
    invalid: Callable[[np.ndarray], np.ndarray] | None = None,
    late: Callable[[], bool] = lambda: False,
) -> np.ndarray:
    """A path of as many points, with the same ends and the same turning points (where it reverses).

    Args:
        points: (N, 3) x, y, yaw. length: m.
        invalid: gives the indices of those of some points (N, 3) that must not be there; None: all may be anywhere.
        late: asked between rounds; when true, it ends.

    Raises:
        PlanningError: TIMEOUT if it is late, NO_VALID_PATH if points remain where they must not be.
    """
    ends = np.flatnonzero(_turns_back(points[:, :2])) + 1
    weights = np.ones(len(points))
    for _ in range(_ROUNDS):
        if late():
            raise PlanningError(PlanningError.TIMEOUT, "the path could not be smoothed in the time allowed")
        rounded = points.copy()
        for first, last in zip((0, *ends), (*ends, len(points) - 1)):
            part = slice(first, last + 1)
            rounded[part, :2] = _round_part(points[part, :2], weights[part], length)
        rounded[:, 2] = _headings(rounded[:, :2], points)
        if invalid is None:
            return rounded
        bad = invalid(rounded)
        if len(bad) == 0:
            return rounded
        for shift in (-1, 0, 1):
            weights[np.clip(bad + shift, 0, len(points) - 1)] *= _STIFFER
    count = len(invalid(points)) if invalid else 0
    sentence = f"{count} of its points are blocked already" if count else "the obstacles leave no room for it"
    raise PlanningError(
        PlanningError.NO_VALID_PATH, f"the path cannot be smoothed without touching obstacles: {sentence}"
    )


def _turns_back(xy: np.ndarray) -> np.ndarray:
    """(N - 2,) bool: the path reverses at the inner points."""
    step = np.diff(xy, axis=0)
    return np.einsum("ij,ij->i", step[:-1], step[1:]) < 0.0


def _round_part(xy: np.ndarray, weights: np.ndarray, length: float) -> np.ndarray:
    """The part between two fixed points, both included."""
    inner = len(xy) - 2
    spacing = float(np.hypot(*np.diff(xy, axis=0).T).mean()) if inner >= 0 else 0.0
    if inner < 1 or spacing <= 0.0:
        return xy
    stiffness = min((length / spacing) ** 4, 1e9)
    bands = np.zeros((3, inner))  # upper form: second, first and main diagonal of D'D for the inner points
    bands[2] = weights[1:-1] + 6.0 * stiffness
    bands[2, [0, -1]] -= stiffness  # no bending is counted beyond the ends
    bands[1, 1:] = -4.0 * stiffness
    bands[0, 2:] = stiffness
    wanted = weights[1:-1, None] * xy[1:-1]
    wanted[0] += 2.0 * stiffness * xy[0]
    wanted[-1] += 2.0 * stiffness * xy[-1]
    if inner > 1:
        wanted[1] -= stiffness * xy[0]
        wanted[-2] -= stiffness * xy[-1]
    else:
        bands[2] = weights[1:-1] + 4.0 * stiffness
    return np.vstack((xy[:1], solveh_banded(bands, wanted), xy[-1:]))


def _headings(xy: np.ndarray, before: np.ndarray) -> np.ndarray:
    """(N,) yaw along the path, backwards where the path before (N, 3) had it so; the last one as before."""
    ahead, behind = np.vstack((xy[1:], xy[-1:])), np.vstack((xy[:1], xy[:-1]))
    step = ahead - behind
    yaw = np.arctan2(step[:, 1], step[:, 0])
    backwards = np.cos(yaw - before[:, 2]) < 0.0
    yaw = np.where(backwards, np.arctan2(-step[:, 1], -step[:, 0]), yaw)
    yaw[-1] = before[-1, 2]
    return np.where(np.hypot(*step.T) < 1e-9, before[:, 2], yaw)
