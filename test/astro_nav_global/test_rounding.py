"""Rounded paths: the minimum of what they are to minimise, out of obstacles, and as they were where they must be."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st

from astro_nav_common.errors import PlanningError
from astro_nav_global.path import heading_points, subdivide
from astro_nav_global.rounding import round_off

CORNER = heading_points(subdivide(np.array(((0.0, 0.0), (2.0, 0.0), (2.0, 2.0))), 0.1), 1.57)


def bending(xy: np.ndarray) -> float:
    """Sum of the squared second differences."""
    return float((np.diff(xy, 2, axis=0) ** 2).sum())


@settings(max_examples=30, deadline=None)
@given(st.integers(3, 30), st.integers(0, 1000), st.floats(0.2, 3.0))
def test_nothing_is_better_by_its_own_measure(count: int, seed: int, length: float) -> None:
    rng = np.random.default_rng(seed)
    # no reversals: those split the path
    steps = np.column_stack((rng.uniform(0.5, 1.5, count - 1), rng.uniform(-0.4, 0.4, count - 1)))
    xy = np.vstack(((0.0, 0.0), steps.cumsum(axis=0)))
    found = round_off(np.column_stack((xy, np.zeros(count))), length)[:, :2]
    spacing = np.hypot(*steps.T).mean()

    def cost(y: np.ndarray) -> float:
        return float(((y - xy) ** 2).sum()) + (length / spacing) ** 4 * bending(y)

    best = cost(found)
    for _ in range(10):
        other = found.copy()
        other[1:-1] += rng.normal(0.0, 0.01, (count - 2, 2))
        assert cost(other) >= best - 1e-9


def test_a_corner_becomes_a_bend_with_the_same_ends() -> None:
    rounded = round_off(CORNER, 0.3)
    assert np.array_equal(rounded[[0, -1], :2], CORNER[[0, -1], :2])
    assert rounded[-1, 2] == CORNER[-1, 2]
    assert bending(rounded[:, :2]) < 0.2 * bending(CORNER[:, :2])
    assert np.hypot(*(rounded - CORNER)[:, :2].T).max() < 0.3
    turns = np.diff(rounded[:-1, 2])
    assert turns.max() < 0.5 * np.diff(CORNER[:-1, 2]).max() + 1e-9


def test_it_keeps_out_of_what_is_blocked() -> None:
    def invalid(points: np.ndarray) -> np.ndarray:
        return np.flatnonzero(np.hypot(points[:, 0] - 1.5, points[:, 1] - 0.5) < 0.48)

    assert len(invalid(round_off(CORNER, 0.6)))
    kept = round_off(CORNER, 0.6, invalid)
    assert not len(invalid(kept))
    assert bending(kept[:, :2]) < 0.9 * bending(CORNER[:, :2])


def test_what_is_blocked_already_cannot_be_smoothed() -> None:
    with pytest.raises(PlanningError, match="blocked already") as caught:
        round_off(CORNER, 0.3, lambda points: np.array([3]))
    assert caught.value.code == PlanningError.NO_VALID_PATH


def test_it_stops_when_it_is_late() -> None:
    with pytest.raises(PlanningError) as caught:
        round_off(CORNER, 0.3, late=lambda: True)
    assert caught.value.code == PlanningError.TIMEOUT


def test_where_it_reverses_it_stays() -> None:
    there = subdivide(np.array(((0.0, 0.0), (1.0, 0.0))), 0.1)
    back = subdivide(np.array(((1.0, 0.0), (0.0, 0.5))), 0.1)[1:]
    xy = np.vstack((there, back))
    yaw = np.concatenate((np.zeros(len(there)), np.full(len(back), math.atan2(-0.5, 1.0))))  # backwards
    rounded = round_off(np.column_stack((xy, yaw)), 0.3)
    assert np.allclose(rounded[len(there) - 1, :2], (1.0, 0.0))
    assert (np.abs(rounded[len(there) + 1 :, 2]) < 1.0).all()  # still backwards


@pytest.mark.parametrize("count", [1, 2])
def test_short_paths_stay_as_they_are(count: int) -> None:
    path = CORNER[:count]
    assert np.allclose(round_off(path, 0.3)[:, :2], path[:, :2])
