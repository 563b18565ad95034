"""The objective's terms: each finite, of the right sign, and worth what it says."""

from __future__ import annotations

import math

import numpy as np
import pytest

from astro_nav_common.jit import kernel
from astro_nav_local.objective import (
    Goal,
    Weights,
    comfort_cost,
    least_progress_cost,
    navigation_value,
    navigation_values,
    progress_cost,
)
from astro_nav_local.rollout import ALPHA, COLUMNS, A, V, W, X
from astro_nav_local.scene import Frame, Scene

SIDE, RES = 120, 0.05
FRAME = Frame(-3.0, -3.0, RES)
WEIGHTS = Weights(3.0, 1e9, 0.01, 0.0005, 0.0005, 0.02, 0.002, 1.0, 0.5, 0.03, 0.12, 0.6)
NO_PLAN = np.full((61, 2), math.nan)
AWAY = Goal(0.0, 0.0, 0.0, False, False)


@kernel
def _value(x: float, y: float, yaw: float, scene: Scene, goal: Goal, weights: Weights) -> float:
    return navigation_value(x, y, yaw, scene, goal, weights)


def value(x: float, y: float, yaw: float, to_go: np.ndarray, goal: Goal, weights: Weights) -> float:
    """`navigation_value` as a function that Python can call."""
    return _value(x, y, yaw, scene_with(to_go), goal, weights)


def cone(x: float, y: float) -> np.ndarray:
    """Euclidean distance to (x, y) at the cell centres, float32."""
    centers = (np.arange(SIDE) + 0.5) * RES - 3.0
    return np.hypot(centers[None, :] - x, centers[:, None] - y).astype(np.float32)


def scene_with(to_go: np.ndarray) -> Scene:
    far = np.full((SIDE, SIDE), 3.0, np.float32)
    return Scene(far, to_go, np.zeros((SIDE, SIDE), np.uint8), FRAME, np.empty((61, 0, 4)), np.empty(0))


def straight(v: float) -> np.ndarray:
    states = np.zeros((61, COLUMNS))
    states[:, X] = v * 0.05 * np.arange(61)
    states[:, V] = v
    return states


def progress(states: np.ndarray, survival: np.ndarray, scene: Scene, weights: Weights = WEIGHTS) -> float:
    """What the progress of a rollout costs."""
    values = np.empty(len(states))
    navigation_values(states, scene, AWAY, weights, values)
    return progress_cost(values, survival, 0.05, weights)


def test_certain_progress_is_worth_its_metres() -> None:
    scene = scene_with(cone(2.9, 0.0))
    cost = progress(straight(0.5), np.ones(61), scene)
    assert cost == pytest.approx(-1.5, abs=0.01)


def test_progress_is_worth_less_the_less_likely_it_is_survived() -> None:
    scene = scene_with(cone(2.9, 0.0))
    assert progress(straight(0.5), np.full(61, 0.5), scene) == pytest.approx(-0.75, abs=0.01)
    survival = np.ones(61)
    survival[20:] = 0.0
    assert progress(straight(0.5), survival, scene) == pytest.approx(-0.5 * 0.05 * 19, abs=0.01)


def test_early_progress_is_worth_more_than_late() -> None:
    scene = scene_with(cone(2.9, 0.0))
    weights = WEIGHTS._replace(progress_time=2.0)
    early, late = straight(0.0), straight(0.0)
    early[:, X] = np.minimum(0.05 * np.arange(61), 1.0)
    late[:, X] = np.maximum(0.05 * np.arange(61) - 2.0, 0.0)
    ones = np.ones(61)
    assert progress(early, ones, scene, weights) < progress(late, ones, scene, weights)


def test_no_survival_makes_progress_cost_less_than_its_least() -> None:
    rng = np.random.default_rng(5)
    for _ in range(300):
        values = 3.0 + np.cumsum(0.05 * rng.standard_normal(61) - 0.01)
        survival = np.minimum.accumulate(np.minimum(1.0, 2.0 * rng.random(61)) ** rng.choice([0.01, 0.1, 1.0]))
        survival[0] = 1.0
        least = least_progress_cost(values, 0.05, WEIGHTS)
        assert least <= progress_cost(values, survival, 0.05, WEIGHTS) + 1e-12
    survival = (np.arange(61) <= np.argmin(values)).astype(float)  # to the lowest point, with next to no discount
    assert progress_cost(values, survival, 0.05, WEIGHTS) == pytest.approx(least)


def test_the_value_is_zero_at_the_goal_pose_only() -> None:
    goal = Goal(0.51, 0.33, 1.0, True, True)
    to_go = cone(goal.x, goal.y)
    assert value(goal.x, goal.y, goal.yaw, to_go, goal, WEIGHTS) == pytest.approx(0.0, abs=1e-9)
    for dx, dy, turn in (
        (0.03, 0.0, 0.0),
        (0.0, -0.05, 0.0),
        (0.0, 0.0, 0.1),
        (0.0, 0.0, math.tau - 0.1),
        (0.5, 0.5, 1.0),
    ):
        assert value(goal.x + dx, goal.y + dy, goal.yaw + turn, to_go, goal, WEIGHTS) > 0.01


def test_heading_counts_near_the_goal_only_and_only_if_asked_for() -> None:
    goal = Goal(0.0, 0.0, 0.0, True, True)
    to_go = cone(0.0, 0.0)
    near = [value(0.1, 0.0, yaw, to_go, goal, WEIGHTS) for yaw in (0.0, 1.0)]
    far = [value(1.5, 0.0, yaw, to_go, goal, WEIGHTS) for yaw in (0.0, 1.0)]
    free = [value(0.1, 0.0, yaw, to_go, goal._replace(heading=False), WEIGHTS) for yaw in (0.0, 1.0)]
    assert near[1] > near[0] + 0.01
    assert far[0] == far[1]
    assert free[0] == free[1]


def test_the_value_falls_on_the_way_to_the_goal() -> None:
    goal = Goal(0.02, 0.01, 0.0, True, True)
    to_go = cone(goal.x, goal.y)
    line = [value(float(x), 0.01, 0.0, to_go, goal, WEIGHTS) for x in np.arange(1.5, 0.02, -0.01)]
    assert (np.diff(line) < 1e-6).all()


def test_comfort_of_a_constant_drive_is_nothing() -> None:
    assert comfort_cost(straight(0.5), NO_PLAN, 0.05, 0.22, WEIGHTS) == 0.0


@pytest.mark.parametrize(
    ("column", "amount", "expected"),
    [(A, 1.0, 0.01 * 3.0), (ALPHA, 2.0, 0.0005 * 4.0 * 3.0), (W, 0.8, (0.02 * 0.4**2 + 0.002 * 0.8**2) * 3.0)],
    ids=["acceleration", "yaw acceleration", "turning"],
)
def test_comfort_terms_are_weight_times_square_times_time(column: int, amount: float, expected: float) -> None:
    states = straight(0.5)
    states[:, column] = amount
    assert comfort_cost(states, NO_PLAN, 0.05, 0.22, WEIGHTS) == pytest.approx(expected)


def test_reversing_costs_by_the_metre() -> None:
    assert comfort_cost(straight(-0.2), NO_PLAN, 0.05, 0.22, WEIGHTS) == pytest.approx(0.6)


def test_jerk_costs() -> None:
    states = straight(0.5)
    states[30:, A] = 0.5
    with_step = comfort_cost(states, NO_PLAN, 0.05, 0.22, WEIGHTS._replace(accel=0.0))
    assert with_step == pytest.approx(0.0005 * (0.5 / 0.05) ** 2 * 0.05)


def test_leaving_the_previous_plan_costs_and_keeping_it_does_not() -> None:
    previous = np.column_stack((np.full(61, 0.5), np.zeros(61)))
    assert comfort_cost(straight(0.5), previous, 0.05, 0.22, WEIGHTS) == 0.0
    assert comfort_cost(straight(0.7), previous, 0.05, 0.22, WEIGHTS) == pytest.approx(0.03 * 0.04 * 3.0)
