"""The screen looks ahead of the turn, within the joint's limits."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st

from astro_nav_common.robot import load_robot
from astro_nav_local.rollout import COLUMNS, PAN, YAW
from astro_nav_local.screen import PanLimits, pan_screen, pan_screens

STEP = 0.05
LIMITS = PanLimits.of(load_robot("astro"), 0.75)


def panned(yaw: np.ndarray, start: tuple[float, float, float] = (0.0, 0.0, 0.0)) -> np.ndarray:
    """Pan angles (61,) for headings (61,)."""
    states = np.zeros((61, COLUMNS))
    states[:, YAW] = yaw
    pan_screen(states, np.array(start), LIMITS, STEP)
    return states[:, PAN]


@settings(max_examples=100, deadline=None)
@given(st.lists(st.floats(-0.125, 0.125), min_size=60, max_size=60), st.floats(-2.0, 2.0))
def test_limits_hold_whatever_the_turns(turns: list[float], angle: float) -> None:
    pan = panned(np.concatenate(([0.0], np.cumsum(turns))), (angle, 0.0, 0.0))
    rate = np.diff(pan) / STEP
    assert np.abs(pan).max() <= LIMITS.angle + 1e-9
    assert np.abs(rate).max() <= LIMITS.rate + 1e-9


def test_it_leads_a_turn_by_about_the_lead() -> None:
    times = STEP * np.arange(61)
    yaw = np.clip(times - 1.5, 0.0, None) * 1.0  # a turn that begins at 1.5 s
    pan = panned(yaw)
    begins = times[np.argmax(pan > 0.05)]
    assert 0.4 <= 1.5 - begins <= 0.9


def test_it_comes_back_when_the_turn_is_over() -> None:
    yaw = np.clip(STEP * np.arange(61), 0.0, 0.8)
    pan = panned(yaw)
    assert pan.max() > 0.2
    assert pan[-1] == pytest.approx(0.0, abs=0.1)


def test_straight_ahead_it_stands_still() -> None:
    assert (panned(np.zeros(61)) == 0.0).all()


def test_side_by_side_it_is_the_same() -> None:
    rng = np.random.default_rng(2)
    rollouts = np.zeros((4, COLUMNS, 61))
    rollouts[:, YAW] = np.cumsum(0.1 * rng.standard_normal((4, 61)), axis=1)
    start = (0.2, -0.5, 1.0)
    pan_screens(rollouts, np.array(start), LIMITS, STEP, 3, np.empty((3, 4)))
    for rollout in rollouts[:3]:
        assert rollout[PAN] == pytest.approx(panned(rollout[YAW], start), abs=1e-12)
    assert (rollouts[3, PAN] == 0.0).all()
