"""How long a base takes to do what it is told: estimated while driving, from what was commanded and what was measured.

The base is taken for a dead time and a first-order lag whose time constant is known roughly. Of all dead times on a grid, the one
is taken whose response to the commands fits the measured speeds best; an error in the time constant goes into the dead time, which is
what the fast-forward needs. Windows in which hardly anything changed say nothing and are left out.
"""

from __future__ import annotations

import math
from collections import deque

import numpy as np

from astro_nav_common.jit import kernel
from astro_nav_common.types import Command, State

#: s between the dead times tried, and between the steps of the response
_GRID, _STEP = 0.01, 0.005
#: m, what a radian counts for in the misfit
_LEVER = 0.2
#: (m/s)^2: the misfit must differ by this between good and bad dead times, else the window says nothing
_EXCITATION = 2e-4
#: estimates that the running median is taken over
_MEMORY = 15


class ActuationEstimator:
    """Running estimate of the dead time from command to motion, s."""

    def __init__(self, initial: float, time_constant: float, longest: float = 0.6, window: float = 4.0) -> None:
        """Args: initial: first guess, s. time_constant: of the lag, s. longest: largest dead time, s. window: s of history fitted."""
        self._initial = initial
        self._time_constant = max(time_constant, 1e-3)
        self._delays = np.arange(0.0, longest + 0.5 * _GRID, _GRID)
        self._misfit = np.empty(self._delays.size)
        self._window, self._keep = window, window + longest
        self._commands: deque[tuple[float, float, float]] = deque()
        self._motion: deque[tuple[float, float, float]] = deque()
        self._found: deque[float] = deque(maxlen=_MEMORY)

    def warm_up(self) -> None:
        """Compile the fit, on an estimator of its own."""
        other = ActuationEstimator(self._initial, self._time_constant)
        for t in np.arange(0.0, 2.0, 0.02).tolist():
            other.add_command(t, Command(t, 0.0))
            other.add_motion(State(t, 0.0, 0.0, 0.0, t, 0.0))
        other.update()

    @property
    def delay(self) -> float:
        """Median of the estimates so far, s; the first guess before there are any."""
        return float(np.median(self._found)) if self._found else self._initial

    @property
    def spread(self) -> float:
        """95th percentile of the estimates so far, s."""
        return float(np.percentile(self._found, 95.0)) if self._found else self._initial

    def add_command(self, t: float, command: Command) -> None:
        """A command, sent at t."""
        self._append(self._commands, (t, command.v, command.w))

    def add_motion(self, state: State) -> None:
        """Measured speeds."""
        self._append(self._motion, (state.t, state.v, state.w))

    def update(self) -> None:
        """Fit the newest window; about once a second is enough."""
        if len(self._commands) < 10 or len(self._motion) < 10:
            return
        commands, motion = np.array(self._commands), np.array(self._motion)
        newest = motion[-1, 0]
        motion = motion[motion[:, 0] >= max(newest - self._window, commands[0, 0] + self._delays[-1])]
        if len(motion) < 10:
            return
        _misfits(commands, motion, self._delays, self._time_constant, self._misfit)
        best = int(np.argmin(self._misfit))
        if float(self._misfit.max() - self._misfit[best]) < _EXCITATION:
            return
        self._found.append(float(self._delays[best]) + _GRID * _vertex(self._misfit, best))

    def _append(self, history: deque[tuple[float, float, float]], entry: tuple[float, float, float]) -> None:
        if not all(map(math.isfinite, entry)):
            return
        if history and entry[0] < history[-1][0]:
            history.clear()  # the clock jumped back: another timeline
        history.append(entry)
        while history[0][0] < entry[0] - self._keep:
            history.popleft()


def _vertex(values: np.ndarray, i: int) -> float:
    """Offset of the parabola's vertex through the values around i, in cells; 0 at the ends."""
    if not 0 < i < values.size - 1:
        return 0.0
    before, at, after = values[i - 1 : i + 2]
    bend = before - 2.0 * at + after
    return float(0.5 * (before - after) / bend) if bend > 0.0 else 0.0


@kernel
def _misfits(
    commands: np.ndarray, motion: np.ndarray, delays: np.ndarray, time_constant: float, out: np.ndarray
) -> None:
    """Mean square difference of response and measurement for each dead time.

    Args:
        commands, motion: (N, 3), (M, 3) t s, v m/s, w rad/s in order of time.
        delays: (D,) s.
        time_constant: s.
        out: (D,) (m/s)^2.
    """
    share = 1.0 - math.exp(-_STEP / time_constant)
    for d in range(delays.shape[0]):
        t, v, w = motion[0, 0], motion[0, 1], motion[0, 2]
        at = 0
        total = 0.0
        for m in range(1, motion.shape[0]):
            while t < motion[m, 0] - 0.5 * _STEP:
                while at + 1 < commands.shape[0] and commands[at + 1, 0] <= t - delays[d]:
                    at += 1
                v += share * (commands[at, 1] - v)
                w += share * (commands[at, 2] - w)
                t += _STEP
            v_off = v - motion[m, 1]
            w_off = _LEVER * (w - motion[m, 2])
            total += v_off * v_off + w_off * w_off
        out[d] = total / (motion.shape[0] - 1)
