"""What came of a run: outcome, numbers, logs."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from astro_nav_common.types import Command, State
from astro_nav_sim import metrics
from astro_nav_sim.contacts import Contact

SUCCESS, COLLISION, TIMEOUT, MISSED, FAILED = "success", "collision", "timeout", "missed", "failed"


@dataclass(frozen=True)
class RunResult:
    """The outcome of a run and its logs.

    outcome: success | collision | timeout | missed (thought it had arrived, and was not there) | failed (the navigator gave up).
    time: s from the first 0.1 m driven to the end; 0 if it never moved. goal_errors: per goal reached (m, rad), the truth.
    truth: (N, 7) t, x, y, yaw, v, w, screen_yaw in the world frame; commands: (N, 4) t, v, w, screen_yaw; both every `dt` s.
    plan_ms: wall time of each planning cycle, if a clock was given.
    """

    world: str
    outcome: str
    reason: str
    time: float
    goals_reached: int
    goals_total: int
    goal_errors: list[tuple[float, float]]
    contacts: list[Contact]
    min_clearance: float
    dt: float
    truth: np.ndarray = field(repr=False)
    commands: np.ndarray = field(repr=False)
    plan_ms: np.ndarray = field(repr=False)

    @property
    def success(self) -> bool:
        """True if every goal was reached and, where that ends a run, nothing touched."""
        return self.outcome == SUCCESS

    @property
    def path_length(self) -> float:
        """m driven, in truth."""
        return metrics.path_length(self.truth[:, 1:3])

    @property
    def mean_speed(self) -> float:
        """m/s over `time`."""
        return self.path_length / self.time if self.time > 0.0 else 0.0

    def summary(self) -> dict[str, Any]:
        """Plain numbers, named as in the project's result files. Jerk and yaw acceleration are of the true motion, and, with
        `command_` before them, of what was commanded."""
        truth, commands, dt = self.truth, self.commands, self.dt
        return {
            "world": self.world,
            "outcome": self.outcome,
            "reason": self.reason,
            "goals_reached": self.goals_reached,
            "goals_total": self.goals_total,
            "collisions": len(self.contacts),
            "time_s": self.time,
            "path_length_m": self.path_length,
            "mean_speed_mps": self.mean_speed,
            "min_clearance_m": self.min_clearance,
            "rms_jerk_mps3": metrics.rms_jerk(truth[:, 4], dt),
            "rms_yaw_accel_radps2": metrics.rms_yaw_acceleration(truth[:, 5], dt),
            "command_rms_jerk_mps3": metrics.rms_jerk(commands[:, 1], dt),
            "command_rms_yaw_accel_radps2": metrics.rms_yaw_acceleration(commands[:, 2], dt),
            "plan_ms": {
                "p50": float(np.median(self.plan_ms)) if len(self.plan_ms) else math.nan,
                "p99": float(np.percentile(self.plan_ms, 99)) if len(self.plan_ms) else math.nan,
            },
        }


class Recorder:
    """Collects the logs of a run, one row every `dt` s."""

    _MOVED = 0.1  # m, as in BARN's rules

    def __init__(self, start: State, dt: float) -> None:
        self._start, self.dt = start, dt
        self._truth: list[tuple[float, ...]] = []
        self._commands: list[tuple[float, ...]] = []
        self.plan_ms: list[float] = []
        self.min_clearance = math.inf
        self.t_moved: float | None = None

    def sample(self, truth: State, command: Command, clearance: float) -> None:
        """One row."""
        self._truth.append((truth.t, truth.x, truth.y, truth.yaw, truth.v, truth.w, truth.screen_yaw))
        self._commands.append((truth.t, command.v, command.w, command.screen_yaw))
        self.min_clearance = min(self.min_clearance, clearance)
        if self.t_moved is None and math.hypot(truth.x - self._start.x, truth.y - self._start.y) > self._MOVED:
            self.t_moved = truth.t

    def arrays(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Truth (N, 7), commands (N, 4), plan_ms (M,)."""
        return np.array(self._truth).reshape(-1, 7), np.array(self._commands).reshape(-1, 4), np.array(self.plan_ms)
