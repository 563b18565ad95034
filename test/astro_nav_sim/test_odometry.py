"""Odometry: what its parameters promise, over many runs."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from astro_nav_common.types import State
from astro_nav_sim.odometry import Odometry
from astro_nav_sim.robot import OdometryParams

QUIET = OdometryParams(50.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0)
DT = 0.02


def drive(params: OdometryParams, seed: int, v: float, w: float, seconds: float) -> State:
    """The last state after driving at constant speeds."""
    odometry = Odometry(params, np.random.default_rng(seed))
    state = State(0.0, 0.0, 0.0, 0.0)
    for k in range(round(seconds / DT)):
        state = odometry.update((k + 1) * DT, v * DT, w * DT, DT)
    return state


def test_without_errors_it_closes_a_circle() -> None:
    w = 2 * math.pi / 10.0
    state = drive(QUIET, 0, 0.5, w, 10.0)
    assert math.hypot(state.x, state.y) < 1e-9
    assert (state.v, state.w) == pytest.approx((0.5, w))


def test_standing_still_nothing_drifts() -> None:
    state = drive(OdometryParams(), 3, 0.0, 0.0, 20.0)
    assert state[1:6] == (0.0, 0.0, 0.0, 0.0, 0.0)


def test_distance_scale_error_has_its_standard_deviation() -> None:
    ends = [drive(replace(QUIET, distance_scale=0.02), seed, 1.0, 0.0, 5.0).x for seed in range(200)]
    assert np.mean(ends) == pytest.approx(5.0, abs=0.03)
    assert np.std(ends) == pytest.approx(0.1, rel=0.2)


def test_yaw_walk_grows_with_the_root_of_the_distance() -> None:
    params = replace(QUIET, yaw_walk=0.01)
    spread = [np.std([drive(params, seed, 1.0, 0.0, metres).yaw for seed in range(200)]) for metres in (1.0, 4.0)]
    assert spread[0] == pytest.approx(0.01, rel=0.2)
    assert spread[1] == pytest.approx(0.02, rel=0.2)


def test_gyro_bias_turns_a_straight_drive() -> None:
    ends = [drive(replace(QUIET, gyro_bias=0.01), seed, 0.5, 0.0, 4.0).yaw for seed in range(200)]
    assert np.std(ends) == pytest.approx(0.04, rel=0.2)


def test_drift_is_the_same_in_every_run() -> None:
    drifting = replace(QUIET, distance_drift=0.03, yaw_drift=math.radians(2.0))
    for seed in (0, 1):
        state = drive(drifting, seed, 0.5, 0.0, 4.0)
        assert state.yaw == pytest.approx(2.0 * math.radians(2.0), rel=1e-6)
        assert math.hypot(state.x, state.y) == pytest.approx(2.06, rel=1e-3)
