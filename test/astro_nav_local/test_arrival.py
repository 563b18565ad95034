"""Turning left on the way to a goal: nowhere does it hold the robot back from where it should be."""

from __future__ import annotations

import math

import numpy as np
import pytest

from astro_nav_common.jit import kernel
from astro_nav_local.arrival import turning_left
from astro_nav_local.params import LocalParams


@kernel
def left(dx: float, dy: float, yaw: float, goal_yaw: float) -> float:
    return turning_left(dx, dy, math.sqrt(dx * dx + dy * dy), yaw, goal_yaw)


def test_at_the_goal_it_is_the_heading_error() -> None:
    assert left(0.0, 0.0, 0.4, -0.3) == pytest.approx(0.7)
    assert left(0.0, 0.0, 3.0, -3.0) == pytest.approx(2.0 * math.pi - 6.0)


def test_far_away_it_is_the_turn_to_face_the_goal_and_the_turn_there() -> None:
    assert left(-2.0, 0.0, 0.0, 0.5) == pytest.approx(0.5, abs=0.02)
    assert left(-2.0, 0.0, 0.5, 0.5) == pytest.approx(1.0, abs=0.02)
    assert left(2.0, 0.0, 0.0, 0.0) == pytest.approx(0.8, abs=0.02)  # behind: backwards, without a turn


def test_beside_the_goal_turning_towards_it_is_never_against_the_robots_interest() -> None:
    """From any place outside the tolerance, facing the goal and driving there costs less than staying does."""
    params = LocalParams()
    for away in np.arange(params.goal_xy_tolerance + 0.02, 0.9, 0.02):
        stay = [left(0.0, -away, yaw, 0.0) for yaw in np.arange(-math.pi, math.pi, 0.1)]
        there = left(0.0, 0.0, 0.5 * math.pi, 0.0)  # having driven up to it
        near = 1.0 - away / params.goal_yaw_range
        assert params.goal_yaw_gain * there < away + params.goal_yaw_gain * near * min(stay) + 0.1
