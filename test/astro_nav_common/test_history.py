"""Histories of odometry and commands."""

from __future__ import annotations

import math

import pytest

from astro_nav_common.diff_drive import arc_step
from astro_nav_common.errors import InputError
from astro_nav_common.history import CommandHistory, OdometryBuffer, odometry_jump
from astro_nav_common.types import Command, State


def filled(*states: State) -> OdometryBuffer:
    buffer = OdometryBuffer(keep=3.0)
    for state in states:
        buffer.add(state)
    return buffer


def test_between_two_states_the_pose_is_interpolated_the_short_way_round() -> None:
    buffer = filled(State(1.0, 0.0, 2.0, math.pi - 0.1), State(2.0, 1.0, 4.0, -math.pi + 0.1))
    pose = buffer.pose_at(1.5)
    assert pose is not None
    assert pose[:2] == pytest.approx((0.5, 3.0))
    assert math.cos(pose.yaw) == pytest.approx(-1.0)


def test_beyond_the_ends_the_speeds_are_held_within_reach() -> None:
    buffer = filled(State(1.0, 0.0, 0.0, 0.0, 0.5, 0.4))
    assert buffer.pose_at(1.3) == pytest.approx(arc_step(0.0, 0.0, 0.0, 0.5, 0.4, 0.3))
    assert buffer.pose_at(0.8) == pytest.approx(arc_step(0.0, 0.0, 0.0, 0.5, 0.4, -0.2))
    assert buffer.pose_at(1.6) is None
    assert buffer.pose_at(0.4) is None
    assert buffer.pose_at(1.6, reach=1.0) is not None


def test_an_empty_buffer_knows_no_pose() -> None:
    assert OdometryBuffer().pose_at(0.0) is None
    assert OdometryBuffer().newest is None


def test_states_out_of_order_are_put_in_order() -> None:
    buffer = filled(State(1.0, 0.0, 0.0, 0.0), State(2.0, 2.0, 0.0, 0.0), State(1.5, 0.2, 0.0, 0.0))
    assert buffer.newest is not None and buffer.newest.t == 2.0
    assert buffer.pose_at(1.5) == pytest.approx((0.2, 0.0, 0.0))


def test_a_repeated_stamp_changes_nothing() -> None:
    buffer = filled(State(1.0, 0.0, 0.0, 0.0), State(1.0, 9.0, 0.0, 0.0))
    assert buffer.pose_at(1.0) == pytest.approx((0.0, 0.0, 0.0))


def test_only_the_last_seconds_are_kept() -> None:
    buffer = filled(*(State(0.1 * k, float(k), 0.0, 0.0) for k in range(100)))
    assert buffer.pose_at(6.95) is not None
    assert buffer.pose_at(6.0) is None


def test_a_jump_back_beyond_what_is_kept_starts_anew() -> None:
    buffer = filled(State(100.0, 9.0, 0.0, 0.0), State(0.0, 1.0, 0.0, 0.0))
    assert buffer.newest is not None and buffer.newest.t == 0.0
    assert buffer.pose_at(100.0) is None


@pytest.mark.parametrize("field", ["x", "yaw", "v", "screen_rate"])
def test_a_state_that_is_not_finite_is_refused(field: str) -> None:
    buffer = filled(State(1.0, 0.0, 0.0, 0.0))
    with pytest.raises(InputError, match=r"odometry at t = 2\.0 has a value that is not finite"):
        buffer.add(State(2.0, 0.0, 0.0, 0.0)._replace(**{field: math.nan}))
    assert buffer.newest is not None and buffer.newest.t == 1.0


def test_clearing_forgets_everything() -> None:
    buffer = filled(State(1.0, 0.0, 0.0, 0.0))
    buffer.clear()
    assert buffer.newest is None


@pytest.fixture
def commands() -> CommandHistory:
    history = CommandHistory(keep=2.0)
    for k in range(5):
        history.add(1.0 + 0.1 * k, Command(float(k)))
    return history


def test_the_command_in_force_is_the_last_one_sent(commands: CommandHistory) -> None:
    assert commands.at(1.0) == Command(0.0)
    assert commands.at(1.19) == Command(1.0)
    assert commands.at(9.0) == Command(4.0)
    assert commands.at(0.99) is None
    assert commands.newest_t == pytest.approx(1.4)


def test_old_commands_are_dropped(commands: CommandHistory) -> None:
    commands.add(3.25, Command(7.0))
    assert len(commands) == 3
    assert [entry.command.v for entry in commands] == [3.0, 4.0, 7.0]


def test_a_clock_that_jumped_back_empties_the_history(commands: CommandHistory) -> None:
    commands.add(0.5, Command(7.0))
    assert len(commands) == 1
    assert commands.at(1.4) == Command(7.0)


@pytest.mark.parametrize(
    ("x", "yaw", "dt", "jumped"),
    [(0.11, 0.0, 0.02, False), (0.14, 0.0, 0.02, True), (1.0, 0.0, 1.0, False), (0.0, 0.3, 0.02, True), (0.0, 3.1, 2.0, False)],
)  # fmt: skip
def test_odometry_that_moves_faster_than_the_robot_has_jumped(x: float, yaw: float, dt: float, jumped: bool) -> None:
    sentence = odometry_jump(State(5.0, 0.0, 0.0, 0.0), State(5.0 + dt, x, 0.0, yaw), v_max=1.0, w_max=2.0)
    assert (sentence is not None) == jumped
