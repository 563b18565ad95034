"""The data that flows between the layers."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from astro_nav_common.errors import InputError
from astro_nav_common.types import Pose, Scan, State, Trajectory


def trajectory(t: np.ndarray, **changes: Any) -> Trajectory:
    """Accelerates along x from rest at 1 m/s^2, at y = 2, turning at 0.5 rad/s from yaw 3."""
    zero = np.zeros_like(t)
    columns = {
        "x": 0.5 * t**2, "y": zero + 2.0, "yaw": 3.0 + 0.5 * t, "v": t.copy(), "w": zero + 0.5, "a": zero + 1.0,
        "alpha": zero, "screen_yaw": 0.1 * t, "survival": zero + 1.0, **changes,
    }  # fmt: skip
    return Trajectory(t=t, **columns, sense_t=0.0)


UNIFORM = np.arange(0.0, 3.01, 0.5)


def test_a_sample_at_a_stamp_is_that_row() -> None:
    plan = trajectory(UNIFORM)
    for k, t in enumerate(UNIFORM):
        state = plan.sample(t)
        assert state.t == t
        assert (state.x, state.y, state.yaw, state.v, state.w, state.a, state.screen_yaw) == pytest.approx(
            (plan.x[k], 2.0, plan.yaw[k], plan.v[k], 0.5, 1.0, plan.screen_yaw[k])
        )


@pytest.mark.parametrize("times", [UNIFORM, np.array([0.0, 0.1, 0.2, 1.0, 3.0])])
def test_between_stamps_a_sample_is_linear(times: np.ndarray) -> None:
    plan = trajectory(times)
    for t in np.linspace(0.0, 3.0, 31):
        state = plan.sample(t)
        assert (state.v, state.yaw, state.screen_yaw) == pytest.approx((t, 3.0 + 0.5 * t, 0.1 * t))


def test_before_the_start_the_first_sample_is_held_and_after_the_end_the_robot_is_at_rest() -> None:
    plan = trajectory(UNIFORM, v=UNIFORM + 1.0)
    assert plan.sample(-1.0).v == 1.0
    end = plan.sample(3.5)
    assert (end.x, end.yaw) == pytest.approx((4.5, 4.5))
    assert (end.v, end.w, end.a, end.alpha) == (0.0, 0.0, 0.0, 0.0)


def test_arrays_of_different_lengths_are_refused() -> None:
    with pytest.raises(InputError, match="equally long arrays of at least two samples"):
        trajectory(UNIFORM, x=UNIFORM[1:])


@pytest.mark.parametrize("n", [0, 1])
def test_a_trajectory_has_at_least_two_samples(n: int) -> None:
    with pytest.raises(InputError, match="at least two samples"):
        trajectory(UNIFORM[:n])


@pytest.mark.parametrize("name", Trajectory.ARRAYS)
def test_a_nan_anywhere_is_noticed(name: str) -> None:
    plan = trajectory(UNIFORM)
    assert plan.is_finite()
    values = getattr(plan, name).copy()
    values[3] = math.nan
    assert not replace(plan, **{name: values}).is_finite()


def test_time_that_does_not_increase_is_noticed() -> None:
    plan = trajectory(UNIFORM)
    assert not replace(plan, t=np.zeros_like(UNIFORM)).is_finite()


def test_a_state_is_finite_only_if_every_field_is() -> None:
    state = State(1.0, 2.0, 3.0, 0.5)
    assert state.is_finite()
    assert state.pose == (2.0, 3.0, 0.5)
    for name in State._fields:
        assert not state._replace(**{name: math.inf}).is_finite()


@pytest.mark.parametrize("ranges", [np.empty(0), np.ones((2, 2))])
def test_a_scan_needs_a_row_of_ranges(ranges: np.ndarray) -> None:
    with pytest.raises(InputError, match="scan 'front' needs a non-empty 1-d array of ranges"):
        Scan(0.0, ranges, 0.0, 0.1, 0.1, 5.0, source="front")


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        *((name, math.nan, "that are not finite") for name in ("t", "angle_min", "angle_increment", "time_increment")),
        ("sensor_base", Pose(0.0, math.inf, 0.0), "that are not finite"),
        ("range_min", math.nan, "sees from nan to 5.0 m"),
        ("range_max", math.nan, "sees from 0.1 to nan m"),
        ("range_max", 0.0, "sees from 0.1 to 0.0 m"),
    ],
)
def test_a_scan_whose_numbers_make_no_sense_is_refused(field: str, value: object, sentence: str) -> None:
    usual = {"t": 0.0, "angle_min": 0.0, "angle_increment": 0.1, "range_min": 0.1, "range_max": 5.0}
    with pytest.raises(InputError, match=sentence):
        Scan(ranges=np.ones(3), **{**usual, field: value})  # type: ignore[arg-type]


def test_a_scan_may_see_as_far_as_it_likes() -> None:
    assert Scan(0.0, np.ones(3), 0.0, 0.1, 0.1, math.inf).range_max == math.inf
