"""Turns and straight lines: as far as asked, smooth, within limits, and not into anything."""

from __future__ import annotations

import itertools
import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st
from scenes import Drive, Segment, straight_guidance

from astro_nav_common.conventions import OCCUPIED
from astro_nav_common.grid import Grid
from astro_nav_common.masks import KeepoutMask
from astro_nav_common.robot import load_robot
from astro_nav_common.types import Pose, State
from astro_nav_local.keepout import Keepout
from astro_nav_local.local_plan import LocalPlan
from astro_nav_local.manoeuvre import COMMITMENT, DONE_WITHIN, Manoeuvre
from astro_nav_local.rollout import YAW, A, V, W, X, empty_rollout, rollout
from astro_nav_local.trajectory_space import SWITCH_SPAN, Limits

# the ideal robot of these tests has no lag
ASTRO = replace(load_robot("astro"), actuation_time_constant=0.0)
ROOM: list[Segment] = [
    (-2.0, -2.0, 2.0, -2.0),
    (2.0, -2.0, 2.0, 2.0),
    (2.0, 2.0, -2.0, 2.0),
    (-2.0, 2.0, -2.0, -2.0),
]


def carry_out(manoeuvre: Manoeuvre, walls: list[Segment] = ROOM, cycles: int = 150) -> tuple[Drive, list[LocalPlan]]:
    """Cycles until the manoeuvre is over."""
    drive = Drive(ASTRO, walls)
    drive.run(3)
    drive.planner.set_manoeuvre(manoeuvre)
    plans = []
    for _ in range(cycles):
        plans.append(drive.cycle())
        if plans[-1].status.reached or plans[-1].status.blocked:
            break
    return drive, plans


@pytest.mark.parametrize("turn", [1.57, -1.57, 3.5, -6.9, 0.1])
def test_a_turn_is_made_on_the_spot_by_the_angle_asked_for(turn: float) -> None:
    manoeuvre = Manoeuvre(0.0, turn, 1.0)
    drive, plans = carry_out(manoeuvre)
    assert plans[-1].status.reached
    assert manoeuvre.signed == pytest.approx(turn, abs=DONE_WITHIN)
    assert abs(math.remainder(drive.state.yaw - turn, math.tau)) < 2.0 * DONE_WITHIN
    assert math.hypot(drive.state.x, drive.state.y) < 0.01
    assert max(plan.trajectory.w.max() if turn > 0.0 else -plan.trajectory.w.min() for plan in plans) < 1.01


@pytest.mark.parametrize(("way", "pace"), [(0.5, 0.3), (-0.3, 0.15), (0.15, 0.025), (1.2, 2.0), (-0.05, 0.5)])
def test_a_straight_line_is_as_long_as_asked_for(way: float, pace: float) -> None:
    manoeuvre = Manoeuvre(way, 0.0, pace)
    drive, plans = carry_out(manoeuvre)
    assert plans[-1].status.reached
    assert drive.state.x == pytest.approx(way, abs=0.01)
    assert abs(drive.state.y) < 1e-6
    fastest = max(float(np.abs(plan.trajectory.v).max()) for plan in plans)
    assert fastest <= min(pace, ASTRO.v_max if way > 0.0 else ASTRO.v_reverse) + 1e-3


def test_it_is_about_as_fast_as_its_pace_allows() -> None:
    _, plans = carry_out(Manoeuvre(0.0, 6.28, 1.0))
    assert 0.1 * len(plans) < 6.28 + 1.5


def test_consecutive_plans_join() -> None:
    _, plans = carry_out(Manoeuvre(1.0, 0.0, 0.5))
    for before, after in itertools.pairwise(plans):
        there = before.trajectory.sample(float(after.trajectory.t[0]))
        assert abs(there.v - after.trajectory.v[0]) < 0.02
        assert abs(there.a - after.trajectory.a[0]) < 0.3


def test_it_stops_before_a_wall_and_says_so() -> None:
    drive, plans = carry_out(Manoeuvre(1.9, 0.0, 0.5))
    assert 0.8 < drive.state.x < 1.6
    assert plans[-1].status.blocked
    assert "obstacle" in plans[-1].status.reason
    assert plans[-1].trajectory.is_stop


def test_from_close_to_a_wall_it_may_drive_away_but_not_closer() -> None:
    nose = float(ASTRO.footprint_polygon[:, 0].max())
    close = [*ROOM, (nose + 0.04, -1.0, nose + 0.04, 1.0)]
    drive, plans = carry_out(Manoeuvre(-0.3, 0.0, 0.3), close)
    assert plans[-1].status.reached and drive.state.x == pytest.approx(-0.3, abs=DONE_WITHIN)
    _, plans = carry_out(Manoeuvre(0.3, 0.0, 0.3), close)
    assert plans[-1].status.blocked


@pytest.mark.parametrize(("way", "reached"), [(1.2, False), (-0.5, True)])
def test_it_does_not_lead_into_what_is_to_be_kept_out_of(way: float, reached: bool) -> None:
    drive = Drive(ASTRO, ROOM)
    drive.run(3)
    forbidden = Grid(np.full((40, 40), OCCUPIED, np.int8), 0.1, 0.6, -2.0)
    drive.planner.set_keepout(Keepout(KeepoutMask(forbidden), Pose(0.0, 0.0, 0.0)))
    drive.planner.set_manoeuvre(Manoeuvre(way, 0.0, 0.3))
    for _ in range(100):
        status = drive.cycle().status
        if status.reached or status.blocked:
            break
    assert (status.reached, status.blocked) == (reached, not reached)
    drive.run(10)
    assert drive.state.x < 0.6 - 0.5 * float(np.ptp(ASTRO.footprint_polygon[:, 1]))


def test_it_takes_over_from_a_path_and_back_without_a_jump() -> None:
    drive = Drive(ASTRO, [(-2.0, -2.0, 12.0, -2.0), (-2.0, 2.0, 12.0, 2.0)])
    drive.planner.set_guidance(straight_guidance())
    plans = drive.run(20)
    assert drive.state.v > 0.5
    drive.planner.set_manoeuvre(Manoeuvre(0.0, 1.0, 1.0))
    plans += drive.run(40)
    assert plans[-1].status.reached
    drive.planner.set_manoeuvre(None)
    plans += drive.run(20)
    assert drive.state.v > 0.3
    for before, after in itertools.pairwise(plans):
        assert abs(before.trajectory.sample(float(after.trajectory.t[0])).v - after.trajectory.v[0]) < 0.02


@settings(max_examples=60, deadline=None)
@given(
    st.floats(-0.4, 1.0), st.floats(-1.0, 1.0), st.floats(-3.0, 3.0), st.floats(0.05, 1.5), st.booleans()
)  # fmt: skip
def test_the_vector_ends_where_it_should_from_any_motion(
    v: float, a: float, asked: float, pace: float, straight: bool
) -> None:
    limits = Limits.of(ASTRO)
    asked = math.copysign(max(abs(asked), 0.05), asked)
    manoeuvre = Manoeuvre(asked, 0.0, pace) if straight else Manoeuvre(0.0, asked, pace)
    manoeuvre.observe(Pose(0.0, 0.0, 0.0))
    start = State(0.0, 0.0, 0.0, 0.0, v=v, a=a) if straight else State(0.0, 0.0, 0.0, 0.0, w=v, alpha=a)
    theta = manoeuvre.vector(start, limits, 3.0)
    states = empty_rollout(200)
    row = np.zeros(states.shape[1])
    row[[V, W, A]] = start.v, start.w, start.a
    row[A + 1] = start.alpha
    # a longer rollout at the same switching time
    in_time = theta[4] < COMMITMENT / (SWITCH_SPAN * 3.0) - 1e-6
    theta[4] *= 3.0 / 10.0
    rollout(theta, row, limits, 0.05, states)
    assert abs(states[-1, V]) + abs(states[-1, W]) < 1e-6
    end = math.copysign(1.0, asked) * float(states[-1, X] if straight else states[-1, YAW])
    if theta[4] == 0.0:
        assert end >= abs(asked) - 1e-3  # braking at once, it goes as far or further
    elif not in_time:
        assert end <= abs(asked) + 1e-3  # there will be time to think of the end later
    else:
        assert end == pytest.approx(abs(asked), abs=2e-3)
