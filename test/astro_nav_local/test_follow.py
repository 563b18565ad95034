"""One path to follow: where it is in odom, and when it is over."""

from __future__ import annotations

import math

import numpy as np
import pytest

from astro_nav_common.types import Pose
from astro_nav_local.follow import FAILED_TO_MAKE_PROGRESS, NO_VALID_CONTROL, PathTask
from astro_nav_local.local_plan import PlanStatus
from astro_nav_local.progress import ProgressChecker

POINTS = np.array([[0.0, 0.0, 0.0], [1.0, 0.0, 0.0], [2.0, 0.0, 0.5]])
DRIVING = PlanStatus(False, False, 2.0, 0.5, "")
BLOCKED = PlanStatus(False, True, 2.0, 0.0, "the way is blocked")
ARRIVED = PlanStatus(True, False, 0.0, 0.0, "")
HERE = Pose(0.0, 0.0, 0.0)


@pytest.fixture
def task() -> PathTask:
    return PathTask(POINTS, 4, ProgressChecker(radius=0.3, angle=0.5, allowance=10.0), blocked_patience=1.0)


def test_guidance_follows_the_map_when_localisation_corrects_itself(task: PathTask) -> None:
    first, second = task.guidance(Pose(0.0, 0.0, 0.0)), task.guidance(Pose(1.0, 2.0, math.pi / 2))
    np.testing.assert_allclose(first.points_odom, POINTS[:, :2])
    np.testing.assert_allclose(second.points_odom, [[1.0, 2.0], [1.0, 3.0], [1.0, 4.0]], atol=1e-12)
    assert second.goal_odom == pytest.approx(Pose(1.0, 4.0, math.pi / 2 + 0.5))
    assert first.path_id == second.path_id == 4


def test_arrival_ends_it_with_code_zero(task: PathTask) -> None:
    ending = task.ending(0.0, ARRIVED, HERE)
    assert ending is not None and ending.code == 0


def test_a_blocked_way_ends_it_only_when_it_stays_blocked(task: PathTask) -> None:
    assert task.ending(0.0, BLOCKED, HERE) is None
    assert task.ending(0.9, BLOCKED, HERE) is None
    assert task.ending(1.0, DRIVING, HERE) is None
    assert task.ending(1.5, BLOCKED, HERE) is None
    ending = task.ending(2.6, BLOCKED, HERE)
    assert ending is not None and ending.code == NO_VALID_CONTROL and "blocked" in ending.message


def test_standing_still_ends_it(task: PathTask) -> None:
    assert task.ending(0.0, DRIVING, HERE) is None
    assert task.ending(9.9, DRIVING, HERE) is None
    ending = task.ending(10.1, DRIVING, HERE)
    assert ending is not None and ending.code == FAILED_TO_MAKE_PROGRESS


@pytest.mark.parametrize("step", [Pose(0.35, 0.0, 0.0), Pose(0.0, 0.0, 0.6)])
def test_moving_or_turning_is_progress(task: PathTask, step: Pose) -> None:
    assert task.ending(0.0, DRIVING, HERE) is None
    assert task.ending(8.0, DRIVING, step) is None
    assert task.ending(17.0, DRIVING, step) is None


def test_a_clock_that_jumps_back_is_no_standstill(task: PathTask) -> None:
    assert task.ending(100.0, DRIVING, HERE) is None
    assert task.ending(5.0, DRIVING, HERE) is None
    assert task.ending(14.0, DRIVING, HERE) is None
