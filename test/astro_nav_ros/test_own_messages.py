"""Conversions of astro_nav_msgs."""

from __future__ import annotations

import math

import numpy as np
import pytest

pytest.importorskip("rclpy", reason="needs ROS: run in the environment that `make setup` builds")
from astro_nav_msgs.msg import GuardState, TrackedObstacle, TrackedObstacleArray, Trajectory as TrajectoryMessage
from rclpy.serialization import deserialize_message, serialize_message

from astro_nav_common.errors import InputError
from astro_nav_common.types import Command, GuardReport, Obstacle, Pose, Trajectory
from astro_nav_reactive.watch import GuardCode
from astro_nav_ros import own_messages


def over_the_wire(message):  # type: ignore[no-untyped-def]
    """What a subscriber gets."""
    return deserialize_message(serialize_message(message), type(message))


def plan(sense_t: float = 1_700_000_000.05) -> Trajectory:
    t = 1_700_000_000.123456789 + 0.05 * np.arange(61)
    columns = np.random.default_rng(1).normal(size=(9, 61))
    return Trajectory(t, *columns, sense_t=sense_t, plan_id=7, is_stop=True)


def test_trajectories_come_back_to_the_nanosecond() -> None:
    sent = plan()
    back = own_messages.trajectory_of(over_the_wire(own_messages.trajectory_message(sent, "odom")))
    for name in Trajectory.ARRAYS:
        np.testing.assert_allclose(
            getattr(back, name), getattr(sent, name), rtol=0.0, atol=1e-6 if name == "t" else 0.0
        )
    assert (back.plan_id, back.is_stop, back.sense_t) == (7, True, pytest.approx(sent.sense_t, abs=1e-6))


def test_a_plan_without_a_scan_stays_without_one() -> None:
    back = own_messages.trajectory_of(own_messages.trajectory_message(plan(-math.inf), "odom"))
    assert back.sense_t == -math.inf


@pytest.mark.parametrize("keep", [0, 1, 60])
def test_a_malformed_trajectory_is_refused(keep: int) -> None:
    message = own_messages.trajectory_message(plan(), "odom")
    message.v = message.v[:keep]
    with pytest.raises(InputError):
        own_messages.trajectory_of(message)


def test_an_empty_trajectory_is_refused() -> None:
    with pytest.raises(InputError):
        own_messages.trajectory_of(TrajectoryMessage())


def test_guard_reports_survive_infinite_ages_and_no_obstacle() -> None:
    report = GuardReport(2.0, Command(), scale=0.5, code=int(GuardCode.STALE_PLAN), reason="no plan")
    message = over_the_wire(own_messages.guard_state_message(report, "base_link"))
    assert (message.code, message.reason, message.scale) == (GuardState.STALE_PLAN, "no plan", 0.5)
    assert math.isinf(message.plan_age) and math.isinf(message.time_to_collision)
    assert math.isnan(message.nearest_point.x)


def test_guard_codes_are_those_of_the_message() -> None:
    for code in GuardCode:
        assert getattr(GuardState, code.name) == code


def test_obstacles_come_back_in_another_frame() -> None:
    covariance = np.diag((0.04, 0.01, 0.2, 0.1))
    sent = Obstacle(3, 5.0, np.array((1.0, 0.0, 0.5, 0.0)), covariance, 0.3, "person", 0.75)
    message = over_the_wire(own_messages.obstacles_message([sent], "map", 5.0))
    (back,) = own_messages.obstacles_of(message, Pose(10.0, 0.0, math.pi / 2))
    np.testing.assert_allclose(back.state, (10.0, 1.0, 0.0, 0.5), atol=1e-12)
    np.testing.assert_allclose(np.diag(back.covariance), (0.01, 0.04, 0.1, 0.2), atol=1e-12)
    assert (back.id, back.t, back.kind, back.confidence) == (3, 5.0, "person", 0.75)
    assert back.radius == pytest.approx(0.3)


def test_an_obstacle_that_is_not_finite_is_refused() -> None:
    sent = Obstacle(3, 5.0, np.array((math.nan, 0.0, 0.0, 0.0)), np.eye(4), 0.3)
    with pytest.raises(InputError, match="obstacle 3"):
        own_messages.obstacles_of(own_messages.obstacles_message([sent], "odom", 5.0), Pose(0.0, 0.0, 0.0))


def test_no_obstacles_are_none() -> None:
    assert own_messages.obstacles_of(TrackedObstacleArray(), Pose(0.0, 0.0, 0.0)) == []


def test_contacts_tell_where() -> None:
    message = over_the_wire(own_messages.contact_message(2, True, ("wall", 1.0, 2.0), "map", 3.0))
    assert (message.total, message.touching, message.other) == (2, True, "wall")
    assert (message.position.x, message.position.y) == (1.0, 2.0)


def test_too_many_obstacles_are_refused() -> None:
    most = own_messages.OBSTACLES_MAX
    message = TrackedObstacleArray(obstacles=[TrackedObstacle()] * (most + 1))
    with pytest.raises(InputError, match=f"{most + 1} obstacles; no more than {most}"):
        own_messages.obstacles_of(message, Pose(0.0, 0.0, 0.0))
    message.obstacles = message.obstacles[:most]
    assert len(own_messages.obstacles_of(message, Pose(0.0, 0.0, 0.0))) == most
