"""Where people will be over the horizon: constant velocity, with the uncertainty that grows from it."""

from __future__ import annotations

import numpy as np

from astro_nav_common.types import Obstacle

#: Std a second by which people leave a constant velocity, m/s. On the ETH and zara01 tracks the error of that prediction grows in
#: proportion to time: 0.20 and 0.15 m/s at 1.6 s, 0.21 and 0.18 m/s at 3.2 s (RMS an axis, velocity over the last 0.8 s).
WANDER = 0.2


def predict_positions(
    obstacles: list[Obstacle], t_start: float, step: float, count: int
) -> tuple[np.ndarray, np.ndarray]:
    """Positions at t_start + k step, k = 0 ... count.

    Returns:
        people: (N, count + 1, 3) x, y, std of the position along its worse axis, m, odom; radius: (N,) m.
    """
    if not obstacles:
        return np.empty((0, count + 1, 3)), np.empty(0)
    times, radii = np.array([(obstacle.t, obstacle.radius) for obstacle in obstacles]).T
    state = np.array([obstacle.state for obstacle in obstacles])[:, None]
    cov = np.array([obstacle.covariance for obstacle in obstacles])[:, None]
    dt = t_start + step * np.arange(count + 1) - times[:, None]
    people = np.empty((len(obstacles), count + 1, 3))
    people[:, :, :2] = state[:, :, :2] + dt[:, :, None] * state[:, :, 2:]

    def spread(i: int, j: int) -> np.ndarray:
        """(N, count + 1) element of the position's covariance."""
        return cov[:, :, i, j] + dt * (cov[:, :, i, j + 2] + cov[:, :, j, i + 2]) + dt * dt * cov[:, :, i + 2, j + 2]

    xx, yy, xy = spread(0, 0), spread(1, 1), 0.5 * (spread(0, 1) + spread(1, 0))
    worst = 0.5 * (xx + yy) + np.hypot(0.5 * (xx - yy), xy)  # the larger eigenvalue
    people[:, :, 2] = np.sqrt(np.maximum(worst + (WANDER * dt) ** 2, 0.0))
    return people, radii
