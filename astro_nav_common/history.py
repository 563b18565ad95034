"""Time-stamped histories: where the robot was (odometry) and what it was told (commands)."""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right, insort
from collections import deque
from typing import NamedTuple

from astro_nav_common.diff_drive import advance
from astro_nav_common.errors import InputError
from astro_nav_common.types import Command, Pose, State

#: odometry may disagree with itself by this, m and rad; and move faster than the robot can by this factor
_JUMP_DISTANCE, _JUMP_TURN, _JUMP_SPEED = 0.1, 0.2, 1.5


def odometry_jump(before: State, after: State, v_max: float, w_max: float) -> str | None:
    """A sentence if the pose changed by more than a robot with these limits, m/s and rad/s, can move: another odometry frame."""
    dt = abs(after.t - before.t)
    moved = math.hypot(after.x - before.x, after.y - before.y)
    turned = abs(math.remainder(after.yaw - before.yaw, math.tau))
    far = moved > _JUMP_DISTANCE + _JUMP_SPEED * v_max * dt
    if far or turned > min(_JUMP_TURN + _JUMP_SPEED * w_max * dt, math.pi + 1e-6):
        return f"odometry jumped by {moved:.2f} m and {turned:.2f} rad in {dt:.3f} s"
    return None


class OdometryBuffer:
    """The last few seconds of odometry; gives the pose at any time near them.

    A jump of the clock backwards empties it: what was known belongs to another timeline.
    """

    def __init__(self, keep: float = 3.0) -> None:
        """Args: keep: s of history."""
        self._keep = keep
        self._states: list[State] = []

    def add(self, state: State) -> None:
        """Append the newest state. Raises InputError if it is not finite."""
        if not state.is_finite():
            raise InputError(f"odometry at t = {state.t} has a value that is not finite")
        if self._states and state.t < self._states[-1].t - self._keep:
            self._states.clear()
        if self._states and state.t <= self._states[-1].t:
            if state.t < self._states[-1].t:
                insort(self._states, state, key=lambda item: item.t)
            return
        self._states.append(state)
        if state.t - self._states[0].t > self._keep:
            del self._states[: bisect_left(self._states, state.t - self._keep, key=lambda item: item.t)]

    def clear(self) -> None:
        """Forget everything."""
        self._states.clear()

    @property
    def newest(self) -> State | None:
        """The newest state, if any."""
        return self._states[-1] if self._states else None

    def pose_at(self, t: float, reach: float = 0.5) -> Pose | None:
        """Pose in odom at t: interpolated, or extrapolated at constant speeds by at most `reach` s; None when out of reach."""
        states = self._states
        if not states or t < states[0].t - reach or t > states[-1].t + reach:
            return None
        i = bisect_right(states, t, key=lambda item: item.t)
        if i in (0, len(states)):
            near = states[0 if i == 0 else -1]
            return advance(near, t - near.t).pose
        before, after = states[i - 1], states[i]
        f = (t - before.t) / (after.t - before.t)
        turn = math.remainder(after.yaw - before.yaw, math.tau)
        return Pose(before.x + f * (after.x - before.x), before.y + f * (after.y - before.y), before.yaw + f * turn)


class StampedCommand(NamedTuple):
    """A command and when it was sent, s."""

    t: float
    command: Command


class CommandHistory:
    """What the guard really put on cmd_vel, for the fast-forward: (t sent, command), the last `keep` s."""

    def __init__(self, keep: float = 2.0) -> None:
        """Args: keep: s of history."""
        self._keep = keep
        self._entries: deque[StampedCommand] = deque()

    def add(self, t: float, command: Command) -> None:
        """Append a command sent at t; a clock that jumped backwards empties the history first."""
        if self._entries and t < self._entries[-1].t:
            self._entries.clear()
        self._entries.append(StampedCommand(t, command))
        while self._entries[0].t < t - self._keep:
            self._entries.popleft()

    @property
    def newest_t(self) -> float:
        """When the newest command was sent, s; -inf if none was."""
        return self._entries[-1].t if self._entries else -math.inf

    def __iter__(self):  # type: ignore[no-untyped-def]
        return iter(self._entries)

    def __len__(self) -> int:
        return len(self._entries)

    def at(self, t: float) -> Command | None:
        """The command in force at t: the last one sent at or before it; None if none is known."""
        for entry in reversed(self._entries):  # those asked for are among the newest
            if entry.t <= t + 1e-9:
                return entry.command
        return None
