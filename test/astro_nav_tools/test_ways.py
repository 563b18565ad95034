"""What drives are compared with: lengths, headings and times of shortest ways."""

from __future__ import annotations

import math

import numpy as np
import pytest

from astro_nav_common.conventions import OCCUPIED
from astro_nav_common.grid import Grid
from astro_nav_common.robot import load_robot
from astro_nav_common.types import Pose
from astro_nav_tools.bench.ways import Way, Ways, time_in_turn

ASTRO = load_robot("astro")


def room(wall: float = 0.0) -> Grid:
    """6 x 4 m; a wall at x = 3 m up to y = `wall` m."""
    data = np.zeros((80, 120), np.int8)
    data[[0, -1]] = data[:, [0, -1]] = OCCUPIED
    data[: round(wall / 0.05), 60] = OCCUPIED
    return Grid(data, 0.05, 0.0, 0.0)


def test_a_straight_way() -> None:
    way = Ways(room(), ASTRO).shortest(Pose(1.0, 2.0, 0.0), Pose(5.0, 2.0, 1.0))
    assert way == pytest.approx((4.0, 0.0, 0.0), abs=0.06)


def test_round_a_wall_it_starts_and_ends_along_the_way() -> None:
    way = Ways(room(3.0), ASTRO).shortest(Pose(2.0, 1.0, 0.0), Pose(4.0, 1.0, 0.0))
    assert way.length > 4.0
    assert way.first > 0.7 and way.last < -0.7


@pytest.mark.parametrize("goal", [Pose(4.0, 1.0, 0.0), Pose(0.12, 2.0, 0.0)])
def test_there_is_none_beyond_a_wall_or_where_the_robot_does_not_fit(goal: Pose) -> None:
    assert math.isinf(Ways(room(4.0), ASTRO).shortest(Pose(2.0, 1.0, 0.0), goal).length)


def test_time_of_turning_driving_and_turning() -> None:
    turn = 1.5 / ASTRO.w_max + ASTRO.w_max * ASTRO.track / (2.0 * ASTRO.wheel_accel_max)
    drive = 4.0 / ASTRO.v_max + ASTRO.v_max / ASTRO.wheel_accel_max
    way = Way(4.0, 1.5, 1.5)
    assert time_in_turn(way, Pose(0.0, 0.0, 0.0), Pose(4.0, 0.0, 1.5), ASTRO) == pytest.approx(turn + drive)
    assert time_in_turn(way, Pose(0.0, 0.0, 1.5), Pose(4.0, 0.0, 0.0), ASTRO) == pytest.approx(turn + drive)
    assert time_in_turn(Way(0.1), Pose(0.0, 0.0, 0.0), Pose(0.1, 0.0, 0.0), ASTRO) == pytest.approx(
        2.0 * math.sqrt(0.1 / ASTRO.wheel_accel_max)
    )
