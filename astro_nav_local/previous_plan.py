"""The plan of the cycle before, as the next one needs it."""

from __future__ import annotations

import numpy as np

from astro_nav_common.types import Trajectory
from astro_nav_local.params import LocalParams
from astro_nav_local.search import shifted


class PreviousPlan:
    """Trajectory and vector of the newest plan; there is none at first."""

    def __init__(self, params: LocalParams) -> None:
        """Args: params: horizon and steps of the plans."""
        self._params = params
        self._theta: np.ndarray | None = None
        self.trajectory: Trajectory | None = None

    def set(self, trajectory: Trajectory, theta: np.ndarray) -> None:
        """A new plan and its vector of the unit cube, (5,)."""
        self.trajectory, self._theta = trajectory, theta

    def vector_from(self, t: float, may_rest: bool) -> np.ndarray | None:
        """(5,) the vector that goes on with the plan from t on; `may_rest` as for `shifted`."""
        if self.trajectory is None or self._theta is None:
            return None
        return shifted(self._theta, t - float(self.trajectory.t[0]), self._params.horizon, may_rest)

    def pan_motion(self, t: float) -> tuple[float, float]:
        """Pan rate, rad/s, and acceleration, rad/s^2, at t; 0 without a plan."""
        plan, h = self.trajectory, self._params.step
        if plan is None:
            return 0.0, 0.0
        before, at, after = (plan.sample(t + shift).screen_yaw for shift in (-h, 0.0, h))
        return (after - before) / (2.0 * h), (after - 2.0 * at + before) / (h * h)

    def speeds_from(self, t: float) -> np.ndarray:
        """(T + 1, 2) v, m/s, and w, rad/s, from t on; NaN without a plan."""
        plan, count = self.trajectory, self._params.steps + 1
        if plan is None:
            return np.full((count, 2), np.nan)
        times = t + self._params.step * np.arange(count)
        return np.column_stack((np.interp(times, plan.t, plan.v), np.interp(times, plan.t, plan.w)))
