"""What moves near the robot, and how fast: followed from scan to scan by the guard itself, or told by somebody who knows.

The guard trusts nobody for this, and static things must never be taken for moving ones because the view of them changes: `mover_tracks`
says what counts as a motion. What moves is only ever added to the points: a wrong speed can stop the robot, not blind it.
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Iterable
from typing import NamedTuple

import numpy as np

from astro_nav_common.types import Obstacle, Pose, Scan
from astro_nav_reactive.mover_tracks import LOST, MVX, MVY, MX, MY, SLOW, moving, new_tracks, update
from astro_nav_reactive.view import BINS, clusters, trace

#: s between the scans that are compared: the longer, the slower things show; the shorter, the sooner what comes into view
_BASELINES = (0.25, 0.1)
#: s after which a told obstacle is forgotten
_TOLD = 0.5
_NONE = np.empty((0, 7))


class _View(NamedTuple):
    """A scan's time, place of the sensor in odom, and how far it saw in each direction of odom, (BINS,) m."""

    t: float
    x: float
    y: float
    free: np.ndarray


class Movers:
    """Tracks of what moves, by source of scans, and obstacles told from outside."""

    def __init__(self, reach: float) -> None:
        """Args: reach: what is further from the sensor is left out, m."""
        self._reach = reach
        self._views: dict[str, deque[_View]] = {}
        self._tracks: dict[str, np.ndarray] = {}
        self._told: tuple[float, np.ndarray] = (-math.inf, _NONE)

    def clear(self) -> None:
        """Forget everything."""
        self._views.clear()
        self._tracks.clear()
        self._told = (-math.inf, _NONE)

    def add(self, scan: Scan, first_odom: Pose, last_odom: Pose) -> None:
        """A scan; poses of the base when its first and last beam were taken."""
        views = self._views.setdefault(scan.source, deque(maxlen=32))
        tracks = self._tracks.setdefault(scan.source, new_tracks())
        if views and scan.t - views[-1].t > LOST:
            views.clear()
        turn = math.remainder(last_odom.yaw - first_odom.yaw, math.tau)
        change = np.array((last_odom.x - first_odom.x, last_odom.y - first_odom.y, turn))
        ends, free = np.empty((scan.ranges.size, 2)), np.full(BINS, np.nan)
        reach = np.full(scan.ranges.size, scan.range_max) if scan.reach is None else scan.reach
        x, y = trace(
            np.ascontiguousarray(scan.ranges, np.float64), np.ascontiguousarray(reach, np.float64), float(scan.angle_min), float(scan.angle_increment),
            float(scan.range_min), float(scan.range_max), np.array(scan.sensor_base, float), np.array(first_odom, float),
            change, ends, free,
        )  # fmt: skip
        before = [next((v for v in reversed(views) if v.t <= scan.t - ago), None) for ago in _BASELINES]
        known = [view for view in before if view is not None]
        places = np.array([(view.x, view.y) for view in known]).reshape(-1, 2)
        frees = np.array([view.free for view in known]).reshape(-1, BINS)
        found = clusters(ends, x, y, self._reach, float(scan.angle_increment), places, frees, free)
        views.append(_View(scan.t, x, y, free))
        newest = [view[-1] for view in self._views.values() if view and abs(scan.t - view[-1].t) <= LOST]
        update(
            tracks, found, float(scan.t), float(scan.time_increment), abs(float(scan.angle_increment)), x, y, free,
            np.array([(view.x, view.y) for view in newest]), np.array([view.free for view in newest]),
        )  # fmt: skip

    def tell(self, obstacles: Iterable[Obstacle], t: float) -> None:
        """Moving things that somebody else has found; they replace those told before."""
        told = [
            (*map(float, o.state), float(o.radius), 0.0, 0.0)
            for o in obstacles
            if math.isfinite(float(np.sum(o.state)) + o.radius)
        ]
        self._told = (t, np.array(told).reshape(-1, 7))

    def at(self, t: float) -> np.ndarray:
        """(M, 7) what moves, advanced to t: see the columns above."""
        found = [moving(tracks, t) for tracks in self._tracks.values()]
        told_at, told = self._told
        if len(told) and 0.0 <= t - told_at <= _TOLD:
            advanced = told[np.hypot(told[:, MVX], told[:, MVY]) > SLOW].copy()
            advanced[:, MX : MY + 1] += (t - told_at) * advanced[:, MVX : MVY + 1]
            found.append(advanced)
        return np.concatenate(found) if found else _NONE
