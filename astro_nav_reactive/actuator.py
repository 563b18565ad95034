"""The base as commands reach it: a dead time, then a first-order lag. What was sent already decides the next moments."""

from __future__ import annotations

import math

import numpy as np

from astro_nav_common.diff_drive import arc_step
from astro_nav_common.jit import kernel
from astro_nav_common.types import State
from astro_nav_reactive.motion import RIM, SCREEN, SWEPT, TIME, YAW, X, Y

#: the dead times that can be worked with, s
DELAY_MAX = 0.5
_ENTRIES = 512
_STEP = 0.01
#: odometry older than this, and what was sent since, no longer says where the robot is, s
_REACH = 2.0


class Actuator:
    """Commands sent, and the motion that follows from them."""

    def __init__(self, delay: float, lag: float, track: float) -> None:
        """Args: delay, lag: dead time and time constant, s. track: m."""
        self.delay, self.lag, self._track = min(delay, DELAY_MAX), lag, track
        self._sent = np.zeros((_ENTRIES, 3))  # t, v, w
        self._count = 0

    def sent(self, t: float, v: float, w: float) -> None:
        """Note a command sent at t; a clock that jumped backwards empties the history first."""
        if self._count and t < self._sent[self._count - 1, 0]:
            self._count = 0
        if self._count == _ENTRIES:
            half = _ENTRIES // 2
            self._sent[:half] = self._sent[half:]
            self._count = half
        self._sent[self._count] = t, v, w
        self._count += 1

    def predict(self, newest: State, t: float) -> State:
        """Odometry advanced to t through the commands sent; left where it is if it is too old for that."""
        if not 0.0 < t - newest.t <= _REACH:
            return newest._replace(t=t)
        return self._drive(newest, t, math.inf, 0.0, 0.0, _NOT_RECORDED)[0]

    def commit(
        self, newest: State, now: float, screen_yaw: float, radius: float, path: np.ndarray
    ) -> tuple[State, int]:
        """The motion from now until a command sent now takes effect.

        Args:
            newest: newest odometry.
            now: s.
            screen_yaw: pan angle meanwhile, rad.
            radius: circumscribed radius of the footprint, m.
            path: rows as in `motion`, filled from row 0; RIM and TIME count up to zero at the end.

        Returns:
            The state when a command sent now takes effect, and the number of rows.
        """
        if now - newest.t > _REACH:
            newest = newest._replace(t=now, v=0.0, w=0.0)
        end, n = self._drive(newest, now + self.delay, now, screen_yaw, radius, path)
        path[:n, RIM] -= path[n - 1, RIM]
        return end, n

    def _drive(
        self, newest: State, t: float, t_record: float, screen_yaw: float, radius: float, path: np.ndarray
    ) -> tuple[State, int]:
        start = np.array((newest.t, newest.x, newest.y, newest.yaw, newest.v, newest.w), float)
        x, y, yaw, v, w, n = _drive(
            self._sent[: self._count], self.delay, self.lag, start, t, t_record, self._track, screen_yaw, radius, path
        )
        return newest._replace(t=t, x=x, y=y, yaw=yaw, v=v, w=w), n


_NOT_RECORDED = np.zeros((1, 7))


@kernel
def _drive(  # type: ignore[no-untyped-def]
    sent, delay, lag, start, t_end, t_record, track, screen_yaw, radius, path
) -> tuple[float, float, float, float, float, int]:
    """Integrate the lagged motion to t_end, recorded from t_record on. With no command in force the speed is held."""
    t, x, y, yaw, v, w = start
    count = sent.shape[0]
    i = 0
    n = 0
    rim = 0.0
    swept = 0.0
    while True:
        if t >= t_record - 1e-9 and n < path.shape[0]:
            path[n, X], path[n, Y], path[n, YAW], path[n, SCREEN] = x, y, yaw, screen_yaw
            path[n, RIM], path[n, SWEPT], path[n, TIME] = rim, swept, t - t_end
            n += 1
        if t >= t_end - 1e-9:
            return x, y, yaw, v, w, n
        dt = min(_STEP, t_end - t)
        if t < t_record - 1e-9:
            dt = min(dt, t_record - t)
        while i + 1 < count and sent[i + 1, 0] <= t - delay + 1e-9:
            i += 1
        v_mean, w_mean = v, w
        if count > 0 and sent[i, 0] <= t - delay + 1e-9:
            share = 1.0 - math.exp(-dt / lag) if lag > 1e-6 else 1.0
            left = lag * share / dt if lag > 1e-6 else 0.0  # mean over dt of what is left of the old speed
            v_mean = sent[i, 1] + left * (v - sent[i, 1])
            w_mean = sent[i, 2] + left * (w - sent[i, 2])
            v += share * (sent[i, 1] - v)
            w += share * (sent[i, 2] - w)
        x, y, yaw = arc_step(x, y, yaw, v_mean, w_mean, dt)
        if t >= t_record - 1e-9:
            rim += (abs(v_mean) + 0.5 * track * abs(w_mean)) * dt
            swept += (abs(v_mean) + radius * abs(w_mean)) * dt
        t += dt
