"""The estimate of a base's dead time, on simulated bases whose dead time is known."""

from __future__ import annotations

import math

import numpy as np
import pytest

from astro_nav_common.latency import ActuationEstimator
from astro_nav_common.types import Command, State


def drive(
    estimator: ActuationEstimator, delay: float, lag: float, seconds: float, noise: float = 0.005, start: float = 0.0
) -> None:
    """A base with that dead time and lag, told sines and steps at 50 Hz; measured at 50 Hz between the commands."""
    rng = np.random.default_rng(2)
    sent: list[tuple[float, float, float]] = []
    v = w = 0.0
    for i in range(int(seconds * 200)):
        t = start + 0.005 * i
        if i % 4 == 0:
            command = Command(0.4 + 0.3 * math.sin(1.5 * t) + (0.2 if (t % 3.0) < 1.0 else 0.0), math.sin(2.3 * t))
            sent.append((t, command.v, command.w))
            estimator.add_command(t, command)
        due = [entry for entry in sent if entry[0] <= t - delay + 1e-9]
        sent = sent[max(len(due) - 1, 0) :]
        _, v_set, w_set = due[-1] if due else (0.0, 0.0, 0.0)
        share = 1.0 - math.exp(-0.005 / lag)
        v, w = v + share * (v_set - v), w + share * (w_set - w)
        if i % 4 == 2:
            v_seen, w_seen = v + noise * rng.standard_normal(), w + 2.0 * noise * rng.standard_normal()
            estimator.add_motion(State(t + 0.005, 0.0, 0.0, 0.0, v_seen, w_seen))
        if i % 200 == 199:
            estimator.update()


@pytest.mark.parametrize("delay", [0.0, 0.05, 0.15, 0.4])
@pytest.mark.parametrize("lag", [0.02, 0.05])
def test_the_dead_time_is_found(delay: float, lag: float) -> None:
    estimator = ActuationEstimator(initial=0.05, time_constant=lag)
    drive(estimator, delay, lag, 12.0)
    assert estimator.delay == pytest.approx(delay, abs=0.01)
    assert estimator.spread == pytest.approx(delay, abs=0.02)


def test_a_wrong_time_constant_goes_into_the_dead_time() -> None:
    estimator = ActuationEstimator(initial=0.05, time_constant=0.02)
    drive(estimator, 0.1, 0.08, 12.0)
    assert estimator.delay == pytest.approx(0.16, abs=0.02)


def test_standing_still_says_nothing() -> None:
    estimator = ActuationEstimator(initial=0.07, time_constant=0.05)
    for i in range(500):
        estimator.add_command(0.02 * i, Command())
        estimator.add_motion(State(0.02 * i, 0.0, 0.0, 0.0))
    estimator.update()
    assert estimator.delay == 0.07


def test_it_follows_a_base_that_changes() -> None:
    estimator = ActuationEstimator(initial=0.05, time_constant=0.05)
    drive(estimator, 0.05, 0.05, 8.0)
    drive(estimator, 0.25, 0.05, 20.0, start=8.0)
    assert estimator.delay == pytest.approx(0.25, abs=0.02)


def test_nonsense_and_jumps_of_the_clock_do_no_harm() -> None:
    estimator = ActuationEstimator(initial=0.05, time_constant=0.05)
    drive(estimator, 0.1, 0.05, 6.0, start=100.0)
    estimator.add_command(math.nan, Command())
    estimator.add_motion(State(106.0, 0.0, 0.0, 0.0, math.nan, 0.0))
    drive(estimator, 0.1, 0.05, 6.0, start=0.0)
    assert estimator.delay == pytest.approx(0.1, abs=0.01)
