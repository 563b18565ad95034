"""Where a scripted mover is: cubic splines through key frames, as Gazebo's actors and DynaBARN's obstacles go."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from astro_nav_common.errors import WorldError
from astro_nav_common.jit import kernel


@dataclass(frozen=True)
class Track:
    """Key frames (times (N,) s increasing from 0, points (N, 2) m), repeated every `period` s, begun `phase` s in.

    At time t the mover is at the spline point for (t + phase) mod period, so it jumps from the last key frame back to the
    first at the end of each period. Between key frames: cubic Hermite with tangents per key frame, not per second,
    m_i = (p_{i+1} - p_{i-1}) / 2; at the ends half the difference to the one neighbour, or, when first and last points are
    equal, (p_1 - p_{n-2}) / 2 at both.
    """

    times: np.ndarray
    points: np.ndarray
    period: float
    phase: float = 0.0

    def __post_init__(self) -> None:
        ok = self.times.ndim == 1 and len(self.times) >= 2 and self.points.shape == (len(self.times), 2)
        if not ok or not np.isfinite(self.times).all() or not np.isfinite(self.points).all():
            raise WorldError(f"a track needs two or more finite key frames [t, x, y], got {len(self.times)}")
        if np.any(np.diff(self.times) <= 0.0) or self.times[0] != 0.0 or not self.period >= self.times[-1]:
            raise WorldError(
                f"a track's key frames must increase from t = 0 to at most its period {self.period} s, got {self.times}"
            )

    @property
    def tangents(self) -> np.ndarray:
        """(N, 2) m per key frame."""
        p = self.points
        m = np.empty_like(p)
        m[1:-1] = 0.5 * (p[2:] - p[:-2])
        if np.array_equal(p[0], p[-1]):
            m[0] = m[-1] = 0.5 * (p[1] - p[-2])
        else:
            m[0], m[-1] = 0.5 * (p[1] - p[0]), 0.5 * (p[-1] - p[-2])
        return m

    def position(self, t: float) -> tuple[float, float]:
        """(x, y) at time t, m."""
        x, y = TrackSet((self,)).positions(t)[0]
        return float(x), float(y)


class TrackSet:
    """Several tracks packed into arrays, evaluated together."""

    def __init__(self, tracks: tuple[Track, ...]) -> None:
        self._starts = np.cumsum([0, *(len(track.times) for track in tracks)]).astype(np.int64)
        self._times = np.concatenate([np.empty(0), *(track.times for track in tracks)])
        self._points = np.concatenate([np.empty((0, 2)), *(track.points for track in tracks)])
        self._tangents = np.concatenate([np.empty((0, 2)), *(track.tangents for track in tracks)])
        self._clock = np.array([(track.period, track.phase) for track in tracks]).reshape(-1, 2)
        self._out = np.empty((len(tracks), 2))

    def positions(self, t: float) -> np.ndarray:
        """(N, 2) positions at time t; overwritten by the next call."""
        _evaluate(t, self._starts, self._times, self._points, self._tangents, self._clock, self._out)
        return self._out


@kernel
def _evaluate(
    t: float,
    starts: np.ndarray,
    times: np.ndarray,
    points: np.ndarray,
    tangents: np.ndarray,
    clock: np.ndarray,
    out: np.ndarray,
) -> None:
    for k in range(out.shape[0]):
        now = (t + clock[k, 1]) % clock[k, 0]
        i, last = starts[k], starts[k + 1] - 1
        while i < last - 1 and times[i + 1] <= now:
            i += 1
        u = min((now - times[i]) / (times[i + 1] - times[i]), 1.0)
        u2 = u * u
        u3 = u2 * u
        for axis in range(2):
            out[k, axis] = (
                (2.0 * u3 - 3.0 * u2 + 1.0) * points[i, axis] + (u3 - 2.0 * u2 + u) * tangents[i, axis]
                + (3.0 * u2 - 2.0 * u3) * points[i + 1, axis] + (u3 - u2) * tangents[i + 1, axis]
            )  # fmt: skip
