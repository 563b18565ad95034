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
    people = np.empty((len(obstacles), count + 1, 3))
    for i, obstacle in enumerate(obstacles):
        dt = t_start + step * np.arange(count + 1) - obstacle.t
        position, velocity = obstacle.state[:2], obstacle.state[2:]
        people[i, :, :2] = position + dt[:, None] * velocity
        cov = obstacle.covariance
        spread = cov[:2, :2] + dt[:, None, None] * (cov[:2, 2:] + cov[2:, :2]) + dt[:, None, None] ** 2 * cov[2:, 2:]
        worst = np.linalg.eigvalsh(spread)[:, 1] + (WANDER * dt) ** 2
        people[i, :, 2] = np.sqrt(np.maximum(worst, 0.0))
    return people, np.array([obstacle.radius for obstacle in obstacles], float)
