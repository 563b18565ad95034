"""From commands to set speeds of the wheels: delay, first-order lag, limits of the hardware; and the pan joint's set point."""

from __future__ import annotations

import math
from collections import deque

import numpy as np

from astro_nav_common.diff_drive import to_wheels
from astro_nav_common.robot import RobotParams
from astro_nav_common.types import Command
from astro_nav_sim.robot import BaseParams


class Drive:
    """The base's controller. `step` is called once a physics step."""

    def __init__(self, params: RobotParams, base: BaseParams, rng: np.random.Generator | None = None) -> None:
        """Args: rng: for the jitter of the delay; None: there is none."""
        self._params, self._base, self._rng = params, base, rng
        self._pending: deque[tuple[float, Command]] = deque()
        self._active = Command()
        self._last_command = -math.inf
        self.left, self.right = 0.0, 0.0  # set speeds of the rims, m/s
        self.pan, self.pan_rate = 0.0, 0.0  # set point of the pan joint, rad and rad/s

    def send(self, now: float, command: Command) -> None:
        """A command arrives; it takes effect after the delay, and after those that came before it."""
        late = self._base.delay_jitter * self._rng.uniform(-1.0, 1.0) if self._rng is not None else 0.0
        due = now + max(self._base.delay + late, 0.0)
        self._pending.append((max(due, self._pending[-1][0]) if self._pending else due, command))

    def step(self, now: float, dt: float) -> None:
        """Advance the set points to now + dt."""
        while self._pending and self._pending[0][0] <= now + 1e-9:
            self._last_command, self._active = self._pending.popleft()
        base = self._base
        moving = now - self._last_command <= base.command_timeout
        v, w = (self._active.v, self._active.w) if moving else (0.0, 0.0)
        left, right = to_wheels(v, w, self._params.track)
        excess = max(abs(left), abs(right)) / base.wheel_speed_max
        if excess > 1.0:  # keep the curvature, as real controllers do
            left, right = left / excess, right / excess
        self.left = _follow(self.left, left, dt, base)
        self.right = _follow(self.right, right, dt, base)
        if self._params.screen:
            self._step_pan(dt)

    def _step_pan(self, dt: float) -> None:
        """Rate- and acceleration-limited approach that can always still stop at the target."""
        params = self._params
        target = min(max(self._active.screen_yaw, -params.pan_limit), params.pan_limit)
        error = target - self.pan
        step = params.pan_accel_max * dt
        # from the rate `stopping` on, less by `step` each dt, the joint comes to the target in n more steps, and not beyond it
        n = math.floor(0.5 * (math.sqrt(1.0 + 8.0 * abs(error) / (step * dt)) - 1.0))
        stopping = (abs(error) / dt + 0.5 * n * (n + 1) * step) / (n + 1)
        wanted = math.copysign(min(stopping, params.pan_rate_max), error)
        self.pan_rate += min(max(wanted - self.pan_rate, -step), step)
        self.pan += self.pan_rate * dt


def _follow(speed: float, target: float, dt: float, base: BaseParams) -> float:
    change = (target - speed) * (1.0 - math.exp(-dt / base.time_constant) if base.time_constant > 0.0 else 1.0)
    step = base.wheel_accel_max * dt
    return speed + min(max(change, -step), step)
