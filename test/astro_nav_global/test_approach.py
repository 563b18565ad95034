"""When being near the goal is arrival."""

from __future__ import annotations

from astro_nav_common.types import Pose
from astro_nav_global.approach import Approach
from astro_nav_global.params import NavigatorParams

PARAMS = NavigatorParams(goal_xy_tolerance=0.25, goal_yaw_tolerance=0.25, arrival_patience=1.5)
GOAL = Pose(0.0, 0.0, 0.0)


def over_at(poses: list[Pose], step: float = 0.1) -> int | None:
    """Index of the first of poses, `step` s apart, at which the approach is over."""
    approach = Approach(PARAMS, GOAL, 0.0)
    for i, pose in enumerate(poses):
        approach.observe(step * i, pose)
        if approach.is_over(step * i, pose):
            return i
    return None


def test_standing_near_is_arrival_after_the_patience() -> None:
    assert over_at([Pose(0.2, 0.0, 0.2)] * 40) == 16


def test_creeping_nearer_or_turning_is_given_time() -> None:
    assert over_at([Pose(0.24 - 0.003 * i, 0.0, 0.0) for i in range(60)]) is None
    assert over_at([Pose(0.1, 0.0, 0.24 - 0.005 * i) for i in range(40)]) is None


def test_noise_is_no_progress() -> None:
    assert over_at([Pose(0.1 + 0.008 * (-1) ** i, 0.0, 0.02 * (-1) ** i) for i in range(40)]) is not None


def test_standing_too_far_or_turned_is_no_arrival() -> None:
    assert over_at([Pose(0.26, 0.0, 0.0)] * 100) is None
    assert over_at([Pose(0.0, 0.0, 3.0)] * 100) is None


def test_being_pushed_away_begins_the_wait_anew() -> None:
    poses = [Pose(0.2, 0.0, 0.0)] * 10 + [Pose(0.4, 0.0, 0.0)] + [Pose(0.2, 0.0, 0.0)] * 30
    assert over_at(poses) == 10 + 1 + 16
