"""Which plan is followed, and which time of it."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from astro_nav_common.robot import RobotParams
from astro_nav_common.types import Pose, State, Trajectory
from astro_nav_reactive.follower import Follower
from astro_nav_reactive.tracking import sample

ROBOT = RobotParams()
Make = Callable[..., Trajectory]


def test_a_plan_waits_for_its_first_stamp(make_plan: Make) -> None:
    follower = Follower()
    follower.add(make_plan(State(1.0, 0.0, 0.0, 0.0), 0.5, 0.0, ROBOT))
    follower.update(0.9, Pose(0.0, 0.0, 0.0))
    assert follower.waiting and follower.plan_at(0.9) is None
    follower.update(1.0, Pose(0.0, 0.0, 0.0))
    assert not follower.waiting and follower.plan_at(1.0) is not None


def test_the_old_plan_is_followed_until_the_new_one_is_in_effect(make_plan: Make) -> None:
    follower = Follower()
    follower.add(make_plan(State(0.0, 0.0, 0.0, 0.0), 0.5, 0.0, ROBOT))
    follower.update(0.5, Pose(0.0, 0.0, 0.0))
    follower.add(make_plan(State(0.7, 9.0, 0.0, 0.0), 0.5, 0.0, ROBOT))
    follower.update(0.6, Pose(0.0, 0.0, 0.0))
    plan, t = follower.plan_at(0.6) or pytest.fail("no plan")
    assert sample(plan, t)[0] < 1.0
    follower.update(0.7, Pose(9.0, 0.0, 0.0))
    plan, t = follower.plan_at(0.7) or pytest.fail("no plan")
    assert sample(plan, t)[0] == 9.0


def test_plans_that_come_before_the_last_is_in_effect_do_not_push_it_out(make_plan: Make) -> None:
    follower = Follower()
    for k in range(5):
        follower.add(make_plan(State(0.15 + 0.1 * k, float(k), 0.0, 0.0), 0.5, 0.0, ROBOT))
    follower.update(0.3, Pose(1.0, 0.0, 0.0))
    plan, t = follower.plan_at(0.3) or pytest.fail("no plan")
    assert 1.0 <= sample(plan, t)[0] < 1.1


def test_a_slowed_robot_continues_where_it_is(make_plan: Make) -> None:
    follower = Follower()
    follower.add(make_plan(State(0.0, 0.0, 0.0, 0.0), 0.5, 0.0, ROBOT))
    follower.update(0.0, Pose(0.0, 0.0, 0.0))
    for _ in range(50):
        follower.advance(0.02, 0.25)
    assert (follower.plan_at(1.0) or pytest.fail("no plan"))[1] == pytest.approx(0.25)


def test_a_new_plan_is_met_at_its_stamps_if_the_robot_is_there(make_plan: Make) -> None:
    follower = Follower()
    follower.add(make_plan(State(0.0, 0.0, 0.0, 0.0), 0.5, 0.0, ROBOT))
    follower.update(0.0, Pose(0.0, 0.0, 0.0))
    follower.advance(0.4, 0.5)
    plan = make_plan(State(0.3, 1.0, 0.0, 0.0, 0.5), 0.5, 0.0, ROBOT)
    follower.add(plan)
    follower.update(0.4, Pose(1.05, 0.0, 0.0))
    assert follower.behind == pytest.approx(0.0)


def test_a_new_plan_is_met_further_back_if_the_robot_is_there(make_plan: Make) -> None:
    follower = Follower()
    follower.add(make_plan(State(0.0, 0.0, 0.0, 0.0), 0.5, 0.0, ROBOT))
    follower.update(0.0, Pose(0.0, 0.0, 0.0))
    follower.advance(0.4, 0.5)
    follower.add(make_plan(State(0.2, 1.0, 0.0, 0.0, 0.5), 0.5, 0.0, ROBOT))
    follower.update(0.4, Pose(1.0, 0.0, 0.0))
    assert follower.behind == pytest.approx(0.2)


def test_at_full_scale_the_delay_dies_out(make_plan: Make) -> None:
    follower = Follower()
    follower.advance(1.0, 0.5)
    delays = []
    for _ in range(250):
        follower.advance(0.02, 1.0)
        delays.append(follower.behind)
    assert delays == sorted(delays, reverse=True)
    assert delays[-1] < 0.01


def test_a_plan_that_is_over_is_not_followed(make_plan: Make) -> None:
    follower = Follower()
    follower.add(make_plan(State(0.0, 0.0, 0.0, 0.0), 0.5, 0.0, ROBOT, horizon=1.0))
    follower.update(0.0, Pose(0.0, 0.0, 0.0))
    assert follower.plan_at(0.99) is not None
    assert follower.plan_at(1.0) is None


def test_error_is_the_way_back_to_the_plan(make_plan: Make) -> None:
    follower = Follower()
    follower.add(make_plan(State(0.0, 0.0, 0.0, 3.0), 0.0, 0.0, ROBOT))
    follower.update(0.0, Pose(0.0, 0.0, 3.0))
    assert follower.error(0.5, Pose(0.3, 0.4, -3.2)) == pytest.approx(
        (
            0.5,
            -0.0831853,
        ),
        abs=1e-6,
    )
