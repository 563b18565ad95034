"""Metrics against signals whose derivatives are known."""

from __future__ import annotations

import numpy as np
import pytest

from astro_nav_sim import metrics

DT = 0.02


def test_path_length_of_a_right_angle() -> None:
    assert metrics.path_length(np.array([[0.0, 0.0], [3.0, 0.0], [3.0, 4.0]])) == pytest.approx(7.0)


def test_rms_jerk_of_a_sine_speed() -> None:
    t = np.arange(0.0, 20.0, DT)
    # v = 0.5 sin(2 t): jerk amplitude 0.5 * 2^2 = 2, rms 2 / sqrt(2)
    assert metrics.rms_jerk(0.5 * np.sin(2.0 * t), DT) == pytest.approx(np.sqrt(2.0), rel=0.02)


def test_rms_yaw_acceleration_of_a_ramp_is_its_slope() -> None:
    assert metrics.rms_yaw_acceleration(0.7 * np.arange(0.0, 3.0, DT), DT) == pytest.approx(0.7)


def test_steady_motion_is_smooth_and_a_short_one_has_no_derivatives() -> None:
    assert metrics.rms_jerk(np.full(100, 0.8), DT) == pytest.approx(0.0, abs=1e-9)
    assert metrics.rms_jerk(np.array([0.0, 1.0]), DT) == 0.0


@pytest.mark.parametrize(
    ("success", "time", "score"),
    [
        (True, 4.0, 0.5),
        (True, 10.0, 0.5),
        (True, 20.0, 0.25),
        (True, 39.0, 5.0 / 39.0),
        (True, 90.0, 0.125),
        (False, 5.0, 0.0),
    ],
)
def test_barn_score_of_ten_metres(success: bool, time: float, score: float) -> None:
    assert metrics.barn_score(success, time, 10.0) == pytest.approx(score)
