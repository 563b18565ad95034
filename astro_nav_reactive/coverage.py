"""In which directions the sensors tell anything at all: where nothing is known, the robot goes slowly."""

from __future__ import annotations

import math

import numpy as np

from astro_nav_common.jit import kernel
from astro_nav_common.types import Scan

#: sectors of the base frame, the first about the x axis, and how many to either side of a direction of motion count
SECTORS, _BESIDE = 36, 2


class Coverage:
    """What the newest scans of all sources cover."""

    def __init__(self) -> None:
        self._seen: dict[str, np.ndarray] = {}

    def add(self, scan: Scan) -> None:
        """Take the scan as the newest of its source."""
        seen = np.zeros(SECTORS, np.bool_)
        _informed(
            np.ascontiguousarray(scan.ranges, np.float64), float(scan.angle_min + scan.sensor_base.yaw),
            float(scan.angle_increment), float(scan.range_min), seen,
        )  # fmt: skip
        self._seen[scan.source] = seen

    def share(self, direction: float) -> float:
        """How much of what lies in about a direction of the base frame (rad) any sensor covers, 0 to 1; 1 before any scan."""
        if not self._seen:
            return 1.0
        middle = round(direction / math.tau * SECTORS)
        sectors = [(middle + k) % SECTORS for k in range(-_BESIDE, _BESIDE + 1)]
        return float(np.logical_or.reduce([seen[sectors] for seen in self._seen.values()]).mean())


@kernel
def _informed(ranges, angle_min, increment, range_min, seen) -> None:  # type: ignore[no-untyped-def]
    """Mark the sectors in which a beam carries information."""
    for i in range(ranges.shape[0]):
        if ranges[i] >= range_min and ranges[i] > 0.0:  # false for NaN
            seen[int(round((angle_min + i * increment) / (2.0 * math.pi) * SECTORS)) % SECTORS] = True
