"""Who stands although there is somewhere to go dares more, slowly, until it is away from there."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scenes import Drive, Segment

from astro_nav_common.robot import load_robot
from astro_nav_common.types import Guidance, Pose, State
from astro_nav_local.standstill import AWAY, DOUBLINGS, PATIENCE, Standstill


def standing(duration: float, has_goal: bool = True, w: float = 0.0) -> Standstill:
    standstill = Standstill()
    for k in range(int(10.0 * duration) + 1):
        standstill.update(0.1 * k, State(0.1 * k, 1.0, 2.0, 0.0, 0.0, w), has_goal)
    return standstill


@pytest.mark.parametrize(
    ("duration", "daring"),
    [(0.0, 1.0), (PATIENCE, 1.0), (PATIENCE + 0.5, 2.0), (PATIENCE + 1.5, 4.0), (60.0, 2.0**DOUBLINGS)],
)
def test_the_longer_it_stands_the_more_it_dares(duration: float, daring: float) -> None:
    assert standing(duration).daring == daring


def test_it_is_stuck_soon_until_it_has_got_away() -> None:
    assert not standing(0.3).is_stuck
    standstill = standing(1.0)
    assert standstill.is_stuck
    standstill.update(1.1, State(1.1, 1.0 + 0.9 * AWAY, 2.0, 0.0, 0.15, 0.0), True)
    assert standstill.is_stuck
    standstill.update(1.2, State(1.2, 1.0 + 1.1 * AWAY, 2.0, 0.0, 0.15, 0.0), True)
    assert not standstill.is_stuck


def test_who_has_nowhere_to_go_or_turns_is_as_careful_as_usual() -> None:
    assert standing(60.0, has_goal=False).daring == 1.0
    assert standing(60.0, w=0.5).daring == 1.0


def test_it_is_careful_again_when_it_has_got_away_and_not_before() -> None:
    standstill = standing(4.0)
    dared = standstill.daring
    for x, daring in ((1.1, dared), (1.0 + 0.9 * AWAY, dared), (1.0 + 1.1 * AWAY, 1.0), (1.0, 1.0)):
        standstill.update(4.1, State(4.1, x, 2.0, 0.0, 0.15, 0.0), True)
        assert standstill.daring == daring


def test_it_is_careful_again_after_long_without_a_goal() -> None:
    standstill = standing(10.0)
    for t, has_goal, daring in ((11.0, False, 16.0), (29.0, False, 16.0), (31.5, False, 1.0), (32.0, True, 1.0)):
        standstill.update(t, State(t, 1.0, 2.0, 0.0), has_goal)
        assert standstill.daring == daring


def test_a_clock_that_goes_back_is_no_long_stand() -> None:
    standstill = Standstill()
    standstill.update(1000.0, State(1000.0, 0.0, 0.0, 0.0), True)
    standstill.update(5.0, State(5.0, 0.0, 0.0, 0.0), True)
    standstill.update(6.0, State(6.0, 0.0, 0.0, 0.0), True)
    assert standstill.daring == 1.0


@pytest.mark.parametrize(
    "walls",
    [[(-3.0, -0.18, 3.0, -0.18)], [(-0.45, -0.2, 0.5, -0.2), (0.5, -0.2, 0.5, 0.2), (-0.45, 0.2, 0.5, 0.2)]],
    ids=["beside a wall", "in a pocket"],
)
def test_it_gets_out_of_where_it_got_in(walls: list[Segment]) -> None:
    """Where it cannot turn it drives close to things, backwards too, although that costs more than it usually is worth."""
    drive = Drive(replace(load_robot("astro"), actuation_time_constant=0.0), walls)
    drive.planner.set_guidance(Guidance(np.array([[0.0, 0.0], [-1.5, 0.3]]), Pose(-1.5, 0.3, 3.0)))
    while not drive.cycle().status.reached:
        assert drive.state.t < 15.0
