"""Poses are passed in their order, near, without a stop; what cannot be reached is said at once."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest

from astro_nav_common.types import Pose
from astro_nav_global.navigation import LocalReport, Phase
from astro_nav_global.params import NavigatorParams
from astro_nav_global.path import GlobalPath, heading_points, subdivide
from astro_nav_global.through_poses import ThroughPoses, lead_out

from .drives import SPEED, carry_out, driven_in, room

START = Pose(1.0, 1.0, 0.0)
GOALS = [Pose(3.0, 0.6, 0.0), Pose(2.0, 3.0, 0.0), Pose(6.0, 3.0, 0.0), Pose(6.0, 1.5, -1.57)]


def line(*corners: tuple[float, float]) -> GlobalPath:
    """A path along straight lines, a point every 0.1 m."""
    points = subdivide(np.array(corners), 0.1)
    return GlobalPath(heading_points(points, 0.0), 1.0)


def test_every_pose_is_passed_in_order_and_the_last_one_reached() -> None:
    params, navigator, planner = driven_in(room())
    actions, poses = carry_out(ThroughPoses(params, navigator, planner, GOALS, 0.0), START, 60.0)
    assert (actions[-1].phase, actions[-1].code) == (Phase.DONE, 0)
    when = [min(range(len(poses)), key=lambda i: math.dist(poses[i][:2], goal[:2])) for goal in GOALS]
    assert when == sorted(when)
    assert all(math.dist(poses[i][:2], goal[:2]) <= params.pass_distance for i, goal in zip(when, GOALS))
    assert math.dist(poses[-1][:2], GOALS[-1][:2]) < 0.1


def test_the_way_remaining_counts_all_legs_and_falls_steadily() -> None:
    params, navigator, planner = driven_in(room())
    actions, poses = carry_out(ThroughPoses(params, navigator, planner, GOALS, 0.0), START, 60.0)
    remaining = [action.feedback.distance_remaining for action in actions]
    driven = sum(math.dist(a[:2], b[:2]) for a, b in itertools.pairwise(poses))
    assert remaining[0] == pytest.approx(driven, rel=0.25)
    assert max(b - a for a, b in itertools.pairwise(remaining)) < 0.3
    assert remaining[-1] < 0.2
    assert actions[0].feedback.time_remaining == pytest.approx(remaining[0] / SPEED, rel=0.1)


def test_the_robot_never_comes_near_the_end_of_its_path_before_the_last_pose() -> None:
    params, navigator, planner = driven_in(room())
    drive = ThroughPoses(params, navigator, planner, [Pose(2.0, 3.0, 0.0), Pose(6.0, 3.0, 0.0)], 0.0)
    actions, poses = carry_out(drive, Pose(1.0, 3.0, 0.0), 60.0)
    ahead = [math.dist(a.path.goal[:2], p[:2]) for a, p in zip(actions, poses) if a.path and p.x < 4.0]
    assert min(ahead) >= params.pass_distance


def test_a_pose_that_cannot_be_reached_is_named_before_the_robot_moves() -> None:
    params, navigator, planner = driven_in(room())
    goals = [GOALS[0], Pose(7.5, 0.5, 0.0), GOALS[3]]
    actions, _poses = carry_out(ThroughPoses(params, navigator, planner, goals, 0.0), START, 5.0)
    assert (actions[0].phase, actions[0].code) == (Phase.DONE, 208)
    assert "pose 2 of 3" in actions[0].message
    assert not navigator.is_active


def test_it_can_begin_at_a_later_pose() -> None:
    params, navigator, planner = driven_in(room())
    _, poses = carry_out(ThroughPoses(params, navigator, planner, GOALS[:2], 0.0, first=1), START, 30.0)
    assert min(math.dist(pose[:2], GOALS[0][:2]) for pose in poses) > 1.0


def test_recoveries_of_all_legs_are_counted() -> None:
    params, navigator, planner = driven_in(room(), NavigatorParams(blocked_patience=0.0))
    drive = ThroughPoses(params, navigator, planner, GOALS[:2], 0.0)
    action = drive.update(0.1, START)
    action = drive.update(0.2, START, LocalReport(action.path_id, code=106, reason="the path has been blocked"))
    assert action.phase is Phase.RECOVERING
    actions, _ = carry_out(drive, START, 60.0, now=0.2)
    assert actions[-1].feedback.recoveries == 1


@pytest.mark.parametrize(("turn", "extended"), [(0.0, True), (1.5, True), (-1.5, True), (1.7, False), (3.1, False)])
def test_a_path_is_led_on_unless_it_turns_back(turn: float, extended: bool) -> None:
    path = line((0.0, 0.0), (2.0, 0.0))
    following = line((2.0, 0.0), (2.0 + math.cos(turn), math.sin(turn)))
    led = lead_out(path, following, 0.5)
    assert led.length == pytest.approx(2.5 if extended else 2.0)
    assert np.allclose(led.points[: len(path.points), :2], path.points[:, :2])
