"""Does a scan fit the local map? When it does not, again and again, the robot is not where its odometry says: somebody has moved it."""

from __future__ import annotations

import math

import numpy as np

from astro_nav_common.jit import kernel

#: one beam in so many is looked at
EVERY = 2
#: evidence from which a cell is taken for a thing, and below which for free
THING, FREE = 1.0, -1.0
#: m: a range fits the map's within the first; the map is contradicted beyond the second
FITS, CONTRADICTS = 0.15, 0.3
#: votes without which a scan says nothing; share of contradictions above which it does not fit; scans in a row that must not
VOTES, SHARE, SCANS = 20, 0.6, 2


class Agreement:
    """Counts scans that do not fit."""

    def __init__(self) -> None:
        self._in_a_row = 0

    def lost(self, fits: int, contradicts: int) -> bool:
        """True if, with the votes of one more scan, the map is of another place. Then the count begins anew."""
        if fits + contradicts < VOTES:
            return False
        self._in_a_row = self._in_a_row + 1 if contradicts > SHARE * (fits + contradicts) else 0
        if self._in_a_row < SCANS:
            return False
        self._in_a_row = 0
        return True


@kernel
def compare(  # type: ignore[no-untyped-def]
    log_odds: np.ndarray, ranges: np.ndarray, reach: np.ndarray, reach_from: np.ndarray, angle_min: float, angle_increment: float, range_min: float, range_max: float,
    x: float, y: float, yaw: float, turn: float, origin_x: float, origin_y: float, resolution: float,
):  # fmt: skip
    """Votes of a scan taken at (x, y), the sensor turning from `yaw` by `turn` meanwhile: how many beams fit the map, how many contradict it.

    A beam fits if it ends where the map's first thing in its direction stands; it contradicts the map if it passes through that, or ends
    in what is known to be free. reach, reach_from: as in `Scan`, or empty: what lies outside of them it says nothing about.
    """
    rows, cols = log_odds.shape
    n = ranges.shape[0]
    fits = 0
    contradicts = 0
    for i in range(0, n, EVERY):
        r = ranges[i]
        if math.isnan(r) or r < range_min:
            continue
        angle = yaw + i / max(n - 1, 1) * turn + angle_min + i * angle_increment
        c = math.cos(angle)
        s = math.sin(angle)
        seen = min(r, reach[i]) if reach.size > 0 and r >= range_max else r
        near = reach_from[i] if reach_from.size > 0 else 0.0
        expected = np.inf
        end = np.float32(0.0)  # evidence where the beam ends
        steps = int((min(seen, range_max) + 2.0 * CONTRADICTS) / resolution)
        for k in range(int(near / resolution), steps):
            away = (k + 0.5) * resolution
            col = int(math.floor((x + away * c - origin_x) / resolution))
            row = int(math.floor((y + away * s - origin_y) / resolution))
            if row < 0 or row >= rows or col < 0 or col >= cols:
                break
            if away <= r:
                end = log_odds[row, col] if r - away < resolution else np.float32(0.0)
            if log_odds[row, col] > THING:
                expected = away
                break
        if expected < np.inf:
            if abs(r - expected) <= FITS:
                fits += 1
                continue
            if seen > expected + CONTRADICTS:
                contradicts += 1
                continue
        if r < range_max and end < FREE and expected > r + CONTRADICTS:
            contradicts += 1
    return fits, contradicts
