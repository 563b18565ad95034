"""Paces and times by which so much way and turn are made exactly, seen in the rollout."""

from __future__ import annotations

import numpy as np
import pytest

from astro_nav_common.robot import load_robot
from astro_nav_local.pace import turning_pace
from astro_nav_local.rollout import YAW, A, V, W, empty_rollout, rollout
from astro_nav_local.trajectory_space import SWITCH_SPAN, Limits, parameters

LIMITS = Limits.of(load_robot("astro"))
HORIZON, STEP = 3.0, 0.05


@pytest.mark.parametrize("rate", [1.5, 2.5])
@pytest.mark.parametrize("turn", [0.6, -1.0, 2.4])
@pytest.mark.parametrize(("v", "w", "a", "way"), [(0.0, 0.0, 0.0, 0.0), (0.5, 0.2, -1.0, 0.15), (0.8, -0.4, 0.0, 0.3)])
def test_makes_way_and_turn_exactly(rate: float, turn: float, v: float, w: float, a: float, way: float) -> None:
    states = empty_rollout(round(HORIZON / STEP))
    start = states[0].copy()
    start[[V, W, A]] = v, w, a
    rate = float(np.copysign(rate, turn))
    speed, t = turning_pace(way, rate, turn, start, LIMITS, SWITCH_SPAN * HORIZON)
    rollout(np.array(parameters(speed, rate, 0.0, 0.0, t, LIMITS, HORIZON)), start, LIMITS, STEP, states)
    assert states[-1, YAW] == pytest.approx(turn, abs=0.01)
    driven = STEP * (np.sum(states[1:-1, V]) + 0.5 * (states[0, V] + states[-1, V]))
    assert driven == pytest.approx(way, abs=0.01)
    assert np.abs(states[-1, [V, W]]).max() < 1e-6
