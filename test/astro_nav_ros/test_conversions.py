"""Conversions between ROS messages and the cores' types: there and back, and what is refused."""

from __future__ import annotations

import math

import numpy as np
import pytest

pytest.importorskip("rclpy", reason="needs ROS: run in the environment that `make setup` builds")
from geometry_msgs.msg import Pose as PoseMessage, PoseStamped, Quaternion
from hypothesis import given, strategies as st
from nav_msgs.msg import OccupancyGrid, Odometry, Path
from rclpy.serialization import deserialize_message, serialize_message
from sensor_msgs.msg import JointState, LaserScan

from astro_nav_common.errors import InputError, MapError
from astro_nav_common.grid import Grid
from astro_nav_common.types import Pose, Scan, State
from astro_nav_ros import conversions

coordinates = st.floats(-1e4, 1e4)
angles = st.floats(-math.pi, math.pi)


def over_the_wire(message):  # type: ignore[no-untyped-def]
    """What a subscriber gets: a wrong Python type in a field shows only after serialisation."""
    return deserialize_message(serialize_message(message), type(message))


@given(st.floats(0.0, 2e9))
def test_stamps_keep_nanoseconds(t: float) -> None:
    message = conversions.stamp(t)
    assert 0 <= message.nanosec < 1_000_000_000
    assert conversions.seconds(message) == pytest.approx(t, abs=1e-6)


@given(coordinates, coordinates, angles)
def test_poses_come_back(x: float, y: float, yaw: float) -> None:
    back = conversions.pose_of(over_the_wire(conversions.pose_message(Pose(x, y, yaw))), "it")
    assert (back.x, back.y) == (x, y)
    assert math.remainder(back.yaw - yaw, math.tau) == pytest.approx(0.0, abs=1e-9)


def test_a_quaternion_need_not_be_normalised() -> None:
    half = math.radians(15.0)
    assert conversions.yaw_of(Quaternion(z=0.9 * math.sin(half), w=0.9 * math.cos(half)), "it") == pytest.approx(
        math.radians(30.0)
    )


@pytest.mark.parametrize(
    ("orientation", "sentence"),
    [
        (Quaternion(x=0.0, y=0.0, z=0.0, w=0.0), "quaternion of zeros"),
        (Quaternion(z=math.nan, w=1.0), "not finite"),
    ],
)
def test_a_bad_orientation_is_refused(orientation: Quaternion, sentence: str) -> None:
    with pytest.raises(InputError, match=f"the goal.*{sentence}"):
        conversions.pose_of(PoseMessage(orientation=orientation), "the goal")


@pytest.mark.parametrize("value", [math.nan, math.inf])
def test_a_position_that_is_not_finite_is_refused(value: float) -> None:
    message = conversions.pose_message(Pose(0.0, 0.0, 0.0))
    message.position.x = value
    with pytest.raises(InputError, match="the goal"):
        conversions.pose_of(message, "the goal")


def test_scans_come_back_with_their_special_values() -> None:
    ranges = np.array([1.0, math.nan, math.inf, 0.05], np.float32)
    scan = Scan(12.25, ranges, -1.0, 0.5, 0.1, 10.0, Pose(0.1, 0.0, 0.2), 0.001, "scan")
    back = conversions.scan_of(over_the_wire(conversions.scan_message(scan, "laser", 0.05)), scan.sensor_base, "scan")
    np.testing.assert_array_equal(back.ranges, ranges)
    assert back.t == pytest.approx(scan.t, abs=1e-9)
    assert (back.angle_min, back.angle_increment, back.sensor_base) == (-1.0, 0.5, scan.sensor_base)
    assert back.time_increment == pytest.approx(0.001)


def test_a_scan_without_ranges_is_refused() -> None:
    with pytest.raises(InputError, match="front"):
        conversions.scan_of(LaserScan(angle_increment=0.1), Pose(0.0, 0.0, 0.0), "front")


def test_odometry_comes_back() -> None:
    state = State(3.5, 1.0, -2.0, 0.5, 0.7, -0.3)
    back = conversions.state_of(over_the_wire(conversions.odometry_message(state, "odom", "base_link")), 0.2, 0.1)
    assert back == pytest.approx(state._replace(screen_yaw=0.2, screen_rate=0.1))


def test_odometry_with_a_speed_that_is_not_finite_is_refused() -> None:
    message = Odometry()
    message.pose.pose.orientation.w = 1.0
    message.twist.twist.linear.x = math.nan
    with pytest.raises(InputError, match="velocity"):
        conversions.state_of(message)


@pytest.mark.parametrize(
    ("v", "x", "sentence"), [(1e6, 0.0, "velocity"), (-1e300, 0.0, "velocity"), (0.0, 1e300, "position")]
)
def test_odometry_of_no_robot_is_refused(v: float, x: float, sentence: str) -> None:
    with pytest.raises(InputError, match=sentence):
        conversions.state_of(conversions.odometry_message(State(0.0, x, 0.0, 0.0, v), "odom", "base_link"))


@pytest.mark.parametrize(
    ("message", "expected"),
    [
        (JointState(name=["a", "pan"], position=[1.0, 0.5], velocity=[0.0, 0.1]), (0.5, 0.1)),
        (JointState(name=["pan"], position=[0.5]), (0.5, 0.0)),
        (JointState(name=["a"], position=[0.5]), None),
        (JointState(name=["pan"], position=[math.nan]), None),
        (JointState(name=["pan"], position=[1e300]), None),
        (JointState(name=["pan"], position=[0.5], velocity=[1e300]), None),
    ],
)
def test_a_joint_is_found_by_name(message: JointState, expected: tuple[float, float] | None) -> None:
    assert conversions.joint_of(message, "pan") == expected


def test_grids_come_back() -> None:
    grid = Grid(np.array([[0, 100, -1], [50, 0, 0]], np.int8), 0.05, -1.0, 2.0)
    back = conversions.grid_of(over_the_wire(conversions.grid_message(grid, "map", 1.0)), "the map")
    np.testing.assert_array_equal(back.data, grid.data)
    assert (back.resolution, back.origin_x, back.origin_y) == (pytest.approx(0.05), -1.0, 2.0)


def bad_map(**changes):  # type: ignore[no-untyped-def]
    message = conversions.grid_message(Grid(np.zeros((2, 3), np.int8), 0.05, 0.0, 0.0), "map", 0.0)
    for name, value in changes.items():
        setattr(message.info, name, value)
    return message


@pytest.mark.parametrize(
    ("message", "sentence"),
    [
        (OccupancyGrid(), "0 x 0"),
        (bad_map(width=4), "4 x 2 cells and holds 6"),
        (bad_map(resolution=0.0), "resolution"),
        (bad_map(resolution=math.nan), "resolution"),
        (bad_map(resolution=1e-30), "0.001 to 10 m a cell"),
        (bad_map(resolution=1000.0), "0.001 to 10 m a cell"),
        (bad_map(origin=conversions.pose_message(Pose(1e300, 0.0, 0.0))), "1e\\+07 m away"),
        (bad_map(origin=PoseMessage(orientation=Quaternion(x=0.0, y=0.0, z=0.0, w=0.0))), "quaternion of zeros"),
        (bad_map(origin=conversions.pose_message(Pose(0.0, 0.0, 0.5))), "turned"),
    ],
)
def test_a_bad_map_is_refused(message: OccupancyGrid, sentence: str) -> None:
    with pytest.raises(MapError, match=sentence):
        conversions.grid_of(message, "the map")


def test_paths_come_back() -> None:
    poses = np.array([[0.0, 0.0, 0.0], [1.0, 0.5, 0.3], [2.0, 1.0, -3.0]])
    back = conversions.path_of(over_the_wire(conversions.path_message(poses, "map", 1.0)), "the path")
    np.testing.assert_allclose(back, poses, atol=1e-12)


def test_an_empty_path_is_refused() -> None:
    with pytest.raises(InputError, match="the path has no poses"):
        conversions.path_of(Path(), "the path")


def test_only_the_last_pose_of_a_path_needs_an_orientation() -> None:
    path = conversions.path_message(np.array([[0.0, 0.0, 0.0], [1.0, 0.0, 0.0]]), "map", 1.0)
    path.poses[0].pose.orientation = Quaternion(x=0.0, y=0.0, z=0.0, w=0.0)
    conversions.path_of(path, "the path")
    path.poses[1].pose.orientation = Quaternion(x=0.0, y=0.0, z=0.0, w=0.0)
    with pytest.raises(InputError, match="last pose"):
        conversions.path_of(path, "the path")


def test_a_path_with_a_position_that_is_not_finite_is_refused() -> None:
    path = Path(poses=[PoseStamped()])
    path.poses[0].pose.position.x = math.inf
    with pytest.raises(InputError, match="not finite"):
        conversions.path_of(path, "the path")
