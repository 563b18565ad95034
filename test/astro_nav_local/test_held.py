"""When a robot counts as held by its guard, and what a planner makes of it."""

from __future__ import annotations

import numpy as np
import pytest

from astro_nav_common.history import CommandHistory
from astro_nav_common.types import Command, State, Trajectory
from astro_nav_local.held import FADING, GROWTH, LARGEST, Held


def plan(t: float, v: float) -> Trajectory:
    """Straight on at v for 3 s from t on."""
    times = t + 0.05 * np.arange(61)
    zero = np.zeros(61)
    return Trajectory(times, v * (times - t), zero, zero, zero + v, zero, zero, zero, zero, zero + 1.0, t)


def watched(seconds: float, wanted: float, sent: float, driven: float = 0.0, held: Held | None = None) -> Held:
    """After so long of cycles in which the plan wants, the guard sends, and the robot drives at these speeds."""
    held, commands = held or Held(), CommandHistory()
    for t in np.arange(0.0, seconds, 0.1).tolist():
        commands.add(t, Command(sent))
        held.update(t, State(t, 0.0, 0.0, 0.0, driven), commands, plan(t, wanted))
    return held


def test_a_robot_that_wants_to_move_and_is_not_sent_is_held() -> None:
    held = watched(1.0, wanted=0.5, sent=0.0)
    assert held.now
    assert 0.0 < held.bias <= 0.6 * GROWTH


@pytest.mark.parametrize(("wanted", "sent", "driven"), [(0.0, 0.0, 0.0), (0.5, 0.5, 0.0), (0.5, 0.0, 0.5)])
def test_one_that_waits_or_starts_or_brakes_is_not(wanted: float, sent: float, driven: float) -> None:
    held = watched(2.0, wanted, sent, driven)
    assert not held.now and held.bias == 0.0


def test_creeping_is_no_moving() -> None:
    assert watched(1.0, wanted=0.5, sent=0.05, driven=0.05).now


def test_distances_lose_up_to_a_limit_and_have_it_back_once_the_robot_moves() -> None:
    held = watched(10.0, wanted=0.5, sent=0.0)
    assert held.bias == LARGEST
    commands = CommandHistory()
    for t in np.arange(10.0, 10.0 + FADING, 0.1).tolist():
        commands.add(t, Command(0.5))
        held.update(t, State(t, 0.0, 0.0, 0.0, 0.5), commands, plan(t, 0.5))
    assert not held.now
    assert held.bias == pytest.approx(LARGEST / np.e, rel=0.1)


def test_without_a_plan_or_a_command_nobody_is_held() -> None:
    held = Held()
    for t in np.arange(0.0, 2.0, 0.1).tolist():
        held.update(t, State(t, 0.0, 0.0, 0.0), CommandHistory(), plan(t, 0.5))
        held.update(t, State(t, 0.0, 0.0, 0.0), CommandHistory(), None)
    assert not held.now
