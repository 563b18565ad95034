"""Prediction through the commands sent."""

from __future__ import annotations

import math

import numpy as np
import pytest

from astro_nav_common.diff_drive import arc_step
from astro_nav_common.types import State
from astro_nav_reactive.actuator import Actuator
from astro_nav_reactive.motion import CAPACITY, RIM, SWEPT, TIME, YAW, X, Y

DELAY, LAG, TRACK, RADIUS = 0.06, 0.05, 0.22, 0.25


def commands() -> list[tuple[float, float, float]]:
    return [(0.02 * k, 0.3 + 0.2 * math.sin(0.7 * k), 0.8 * math.cos(0.5 * k)) for k in range(60)]


def reference(start: State, t_end: float) -> State:
    """Fine integration of dead time and lag."""
    dt = 1e-4
    state = start
    sent = commands()
    while state.t < t_end - 1e-9:
        v, w = [(v, w) for t, v, w in sent if t <= state.t - DELAY + 1e-9][-1]
        share = 1.0 - math.exp(-dt / LAG)
        v, w = state.v + share * (v - state.v), state.w + share * (w - state.w)
        pose = arc_step(state.x, state.y, state.yaw, 0.5 * (state.v + v), 0.5 * (state.w + w), dt)
        state = State(state.t + dt, *pose, v, w)
    return state


@pytest.fixture
def actuator() -> Actuator:
    actuator = Actuator(DELAY, LAG, TRACK)
    for command in commands():
        actuator.sent(*command)
    return actuator


def test_prediction_is_that_of_delay_and_lag(actuator: Actuator) -> None:
    start = State(0.5, 1.0, -2.0, 0.4, 0.2, 0.1)
    predicted, expected = actuator.predict(start, 0.9), reference(start, 0.9)
    assert predicted[:4] == pytest.approx(expected[:4], abs=2e-3)
    assert predicted[4:6] == pytest.approx(expected[4:6], abs=0.02)


def test_the_committed_path_leads_from_now_to_where_a_command_takes_effect(actuator: Actuator) -> None:
    path = np.zeros((CAPACITY, 7))
    newest = State(1.15, 1.0, -2.0, 0.4, 0.2, 0.1)
    effect, rows = actuator.commit(newest, 1.19, 0.3, RADIUS, path)
    now = actuator.predict(newest, 1.19)
    assert effect.t == pytest.approx(1.19 + DELAY)
    assert tuple(path[0, X : YAW + 1]) == pytest.approx(now.pose)
    assert tuple(path[rows - 1, X : YAW + 1]) == pytest.approx(effect.pose)
    assert path[0, TIME] == pytest.approx(-DELAY)
    assert path[rows - 1, TIME] == pytest.approx(0.0)
    assert path[rows - 1, RIM] == 0.0
    moved = math.hypot(effect.x - now.x, effect.y - now.y)
    assert moved <= -path[0, RIM] + 1e-9
    assert moved <= path[rows - 1, SWEPT] + 1e-9
    assert path[0, Y] != path[rows - 1, Y]


def test_without_commands_the_measured_speed_is_held() -> None:
    predicted = Actuator(DELAY, LAG, TRACK).predict(State(0.0, 0.0, 0.0, 0.0, 0.5, 0.2), 0.3)
    assert predicted.pose == pytest.approx(arc_step(0.0, 0.0, 0.0, 0.5, 0.2, 0.3))


def test_old_odometry_is_not_carried_on_for_ever() -> None:
    path = np.zeros((CAPACITY, 7))
    effect, _ = Actuator(DELAY, LAG, TRACK).commit(State(0.0, 1.0, 0.0, 0.0, 0.5), 60.0, 0.0, RADIUS, path)
    assert effect.pose == pytest.approx((1.0, 0.0, 0.0))
    assert effect.v == 0.0


def test_the_history_is_bounded_and_keeps_the_newest(actuator: Actuator) -> None:
    for k in range(2000):
        actuator.sent(2.0 + 0.01 * k, 0.7, 0.0)
    predicted = actuator.predict(State(21.9, 0.0, 0.0, 0.0, 0.7), 22.0)
    assert predicted.x == pytest.approx(0.07)


def test_a_clock_that_jumps_back_starts_a_new_history(actuator: Actuator) -> None:
    actuator.sent(0.1, 0.0, 0.0)
    assert actuator.predict(State(0.2, 0.0, 0.0, 0.0), 0.4).pose == (0.0, 0.0, 0.0)
