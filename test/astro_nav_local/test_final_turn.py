"""The turn at the end: a motion that arrives turning comes to rest in the goal's heading, and candidates do that."""

from __future__ import annotations

import math

import numpy as np
import pytest

from astro_nav_common.robot import load_robot
from astro_nav_local.arrivals import COUNT, arrive
from astro_nav_local.final_turn import NEAR
from astro_nav_local.goal import Goal
from astro_nav_local.rollout import COLUMNS, YAW, A, V, W, X, Y, empty_rollout, rollout, rollout_to
from astro_nav_local.trajectory_space import SWITCH_SPAN, Limits, parameters

ROBOT = load_robot("astro")
LIMITS = Limits.of(ROBOT)
HORIZON, STEP = 3.0, 0.05
STEPS = round(HORIZON / STEP)


def at(x: float = 0.0, y: float = 0.0, v: float = 0.0) -> np.ndarray:
    start = np.zeros(COLUMNS)
    start[[X, Y, V]] = x, y, v
    return start


def ends(theta: np.ndarray, start: np.ndarray, goal: Goal, near: float = math.inf) -> np.ndarray:
    states = empty_rollout(STEPS)
    assert rollout_to(theta, start, LIMITS, STEP, goal, near, states) < 0.02
    return states


@pytest.mark.parametrize("yaw", [0.5, 1.5, -2.0])
@pytest.mark.parametrize(("v", "w2"), [(0.0, 1.5), (0.6, 2.4), (1.0, 1.0)])
def test_a_turn_ends_at_rest_in_the_heading(yaw: float, v: float, w2: float) -> None:
    theta = np.array(parameters(v, 0.0, 0.4 * v, math.copysign(w2, yaw), 0.2, LIMITS, HORIZON))
    states = ends(theta, at(v=v), Goal(0.0, 0.0, yaw, True, True))
    assert states[-1, YAW] == pytest.approx(yaw, abs=0.01)
    assert np.abs(states[-1, [V, W]]).max() < 1e-6
    wheels = states[:, [A]] + 0.5 * ROBOT.track * np.outer(states[:, 6], (-1.0, 1.0))
    assert np.abs(wheels).max() <= LIMITS.wheel_accel * (1.0 + 1e-9)


def test_it_goes_on_where_the_heading_does_not_matter_and_away_from_the_goal() -> None:
    theta = np.array(parameters(0.0, 0.0, 0.0, 1.0, 0.2, LIMITS, HORIZON))
    usual = empty_rollout(STEPS)
    rollout(theta, at(), LIMITS, STEP, usual)
    for goal in (Goal(0.0, 0.0, 1.0, True, False), Goal(1.1 * NEAR, 0.0, 1.0, True, True)):
        assert np.array_equal(ends(theta, at(), goal, NEAR), usual)
    assert not np.array_equal(ends(theta, at(), Goal(0.9 * NEAR, 0.0, 1.0, True, True), NEAR), usual)


@pytest.mark.parametrize("yaw", [0.4, 1.57, -2.2])
@pytest.mark.parametrize(("away", "v"), [(1.5, 1.0), (1.0, 0.7)])
def test_candidates_rest_at_the_goal_sooner_than_by_braking_and_then_turning(yaw: float, away: float, v: float) -> None:
    goal, start, found = Goal(away, 0.0, yaw, True, True), at(v=v), np.empty((COUNT, 5))
    times = []
    for theta in found[: arrive(start, LIMITS, goal, STEPS, STEP, found)]:
        states = empty_rollout(STEPS)
        if rollout_to(theta, start, LIMITS, STEP, goal, NEAR, states) > 0.02:
            continue
        assert math.hypot(states[-1, X] - goal.x, states[-1, Y]) < 0.06
        if abs(states[-1, YAW] - yaw) < 0.05:
            times.append(STEP * np.flatnonzero(np.abs(states[:, [V, W]]).max(axis=1) > 0.05)[-1])
    lost = 0.5 * (1.0 + (1.0 - v) ** 2) / LIMITS.wheel_accel  # s, by speeding up to 1 m/s and braking
    in_turn = away + lost + abs(yaw) / LIMITS.w_max + LIMITS.w_max * LIMITS.track / (2.0 * LIMITS.wheel_accel)
    assert min(times) < in_turn


def test_candidates_that_would_switch_too_late_are_left_out() -> None:
    found = np.empty((COUNT, 5))
    assert arrive(at(), LIMITS, Goal(4.0 + SWITCH_SPAN * HORIZON, 0.0, 0.0, True, True), STEPS, STEP, found) == 0
