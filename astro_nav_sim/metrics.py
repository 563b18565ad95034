"""Numbers about a drive: length, smoothness, benchmark scores."""

from __future__ import annotations

import numpy as np
from scipy.signal import savgol_filter

#: s: derivatives are those of a cubic fitted over this window, which passes what a body does and not the noise of its parts
_WINDOW = 0.22
BARN_TOP_SPEED = 2.0  # m/s


def path_length(xy: np.ndarray) -> float:
    """Length of a polyline (N, 2), m."""
    return float(np.hypot(*np.diff(xy, axis=0).T).sum())


def rms_jerk(v: np.ndarray, dt: float) -> float:
    """Root mean square of the second derivative of speeds (N,) m/s sampled every dt s, m/s^3; 0 for too short a drive."""
    return _rms_derivative(v, dt, 2)


def rms_yaw_acceleration(w: np.ndarray, dt: float) -> float:
    """Root mean square of the derivative of yaw rates (N,) rad/s sampled every dt s, rad/s^2; 0 for too short a drive."""
    return _rms_derivative(w, dt, 1)


def barn_score(success: bool, time: float, optimal_length: float) -> float:
    """Score of one trial by BARN's rule from 2024 on: at best 0.5, a success at least 0.125.

    Args:
        time: s from the first 0.1 m to the goal.
        optimal_length: m of the world's reference, the length that run.py uses.
    """
    optimal_time = optimal_length / BARN_TOP_SPEED
    return float(success) * optimal_time / float(np.clip(time, 2.0 * optimal_time, 8.0 * optimal_time))


def _rms_derivative(values: np.ndarray, dt: float, order: int) -> float:
    window = max(int(round(_WINDOW / dt)) | 1, 5)
    if len(values) < window:
        return 0.0
    derivative = savgol_filter(values, window, 3, deriv=order, delta=dt)
    return float(np.sqrt(np.mean(derivative**2)))
