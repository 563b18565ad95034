"""A stand-in for the guard in experiments on plans alone: sends the plan as it is, without feedback and without checks."""

from __future__ import annotations

import math

from astro_nav_common.robot import RobotParams
from astro_nav_common.types import Command, GuardReport, Scan, State, Trajectory

PLAN_TIMEOUT = 0.5  # s after its start of effect that a plan is followed


class PlanSampler:
    """The plan's velocities ahead by the base's delay and lag; the interface of `astro_nav_reactive.guard.Guard`."""

    def __init__(self, robot: RobotParams) -> None:
        self._lag = robot.actuation_time_constant
        self._lead = robot.actuation_delay + self._lag
        self._plan: Trajectory | None = None

    def reset(self) -> None:
        """Forget the plan."""
        self._plan = None

    def set_latency(self, actuation_delay: float) -> None:
        """The measured dead time of the base, s."""
        self._lead = actuation_delay + self._lag

    def add_scan(self, scan: Scan, now: float) -> None:
        """Not looked at."""

    def add_odometry(self, state: State, now: float) -> None:
        """Not looked at."""

    def add_screen(self, screen_yaw: float, now: float) -> None:
        """Not looked at."""

    def add_plan(self, plan: Trajectory, now: float) -> None:
        """The plan to follow from now on."""
        self._plan = plan

    def tick(self, now: float) -> GuardReport:
        """The command of now."""
        plan = self._plan
        if plan is None:
            return GuardReport(now, Command(), reason="no plan")
        age = now - float(plan.t[0])
        state = plan.sample(now + self._lead)
        if age > PLAN_TIMEOUT or not math.isfinite(state.v + state.w):
            return GuardReport(now, Command(screen_yaw=state.screen_yaw), 0.0, reason="plan too old", plan_age=age)
        return GuardReport(now, Command(state.v, state.w, state.screen_yaw), plan_age=age)
