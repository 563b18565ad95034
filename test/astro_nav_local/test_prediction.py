"""People at constant velocity, less certain the further ahead."""

from __future__ import annotations

import numpy as np
import pytest

from astro_nav_common.types import Obstacle
from astro_nav_local.prediction import predict_positions


def walker(vx: float, vy: float, t: float = 0.0) -> Obstacle:
    return Obstacle(1, t, np.array([1.0, 2.0, vx, vy]), np.diag([0.01, 0.01, 0.04, 0.04]), 0.3)


def test_positions_go_on_at_constant_velocity_from_the_estimates_time() -> None:
    people, radius = predict_positions([walker(0.5, -1.0, t=0.8)], 1.0, 0.05, 60)
    assert people.shape == (1, 61, 3)
    assert people[0, 0, :2] == pytest.approx([1.1, 1.8])
    assert people[0, -1, :2] == pytest.approx([1.0 + 0.5 * 3.2, 2.0 - 3.2])
    assert radius == pytest.approx([0.3])


def test_uncertainty_starts_at_the_estimates_and_grows() -> None:
    people, _ = predict_positions([walker(0.5, 0.0)], 0.0, 0.05, 60)
    assert people[0, 0, 2] == pytest.approx(0.1)
    assert (np.diff(people[0, :, 2]) > 0.0).all()


def test_nobody_is_an_empty_array() -> None:
    people, radius = predict_positions([], 0.0, 0.05, 60)
    assert people.shape == (0, 61, 3)
    assert radius.shape == (0,)
