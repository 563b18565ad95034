"""Masks as Nav2's servers publish them, and maps and masks that nobody should publish, over DDS."""

from __future__ import annotations

import math
from array import array
from collections.abc import Callable

import pytest

pytest.importorskip("rclpy", reason="needs ROS: run in the environment that `make setup` builds")
import numpy as np
from action_msgs.msg import GoalStatus
from map_msgs.msg import OccupancyGridUpdate
from nav2_msgs.action import ComputePathToPose
from nav2_msgs.msg import CostmapFilterInfo, SpeedLimit
from nav_msgs.msg import OccupancyGrid, Odometry

from astro_nav_common.grid import Grid
from astro_nav_ros.conversions import grid_message
from astro_nav_tools.live.processes import Processes

from .client import Client, pose_stamped

#: a band across the room at y < 2.0: beside the box there is room at both sides of y = 2.2
SOUTH = Grid(np.full((20, 10), 100, np.int8), 0.1, 2.5, 0.0)


def speed(value: int) -> Grid:
    """The same limit everywhere."""
    return Grid(np.full((4, 6), value, np.int8), 1.0, 0.0, 0.0)


def announce(client: Client, kind: int, grid: OccupancyGrid, base: float = 0.0, multiplier: float = 1.0) -> None:
    """Publish a mask and what it means, as Nav2's filter info server and map server do."""
    name = "keepout" if kind == 0 else "speed"
    client.latch(
        f"/{name}_costmap_filter_info",
        CostmapFilterInfo(type=kind, filter_mask_topic=f"/{name}_mask", base=base, multiplier=multiplier),
    )
    client.latch(f"/{name}_mask", grid)


def lowest(client: Client) -> float:
    """Least y of the way past the box that stands in the middle of the room."""
    request = ComputePathToPose.Goal(goal=pose_stamped(5.0, 1.7), start=pose_stamped(1.0, 1.5), use_start=True)
    answer, _ = client.carry_out(ComputePathToPose, "compute_path_to_pose", request)
    assert answer.status == GoalStatus.STATUS_SUCCEEDED, answer.result.error_msg
    return min(posed.pose.position.y for posed in answer.result.path.poses if 2.6 < posed.pose.position.x < 3.4)


def southmost_beside_the_box(client: Client, goal: tuple[float, float]) -> float:
    """Least y of the robot beside the box, on the way to a goal."""
    places: list[tuple[float, float]] = []
    hearing = client.node.create_subscription(
        Odometry,
        "/ground_truth/odom",
        lambda m: places.append((m.pose.pose.position.x, m.pose.pose.position.y)),
        10,
    )
    answer = client.result(client.send(pose_stamped(*goal)))
    assert answer.status == GoalStatus.STATUS_SUCCEEDED, answer.result.error_msg
    client.node.destroy_subscription(hearing)
    return min(y for x, y in places if 2.6 < x < 3.4)


def until_logged(stack: Processes, client: Client, sentence: str) -> None:
    client.until(lambda: sentence in stack.log("global"), f"'{sentence}' in the log")


def rotated(message: OccupancyGrid) -> OccupancyGrid:
    message.info.origin.orientation.z, message.info.origin.orientation.w = math.sin(0.2), math.cos(0.2)
    return message


def nowhere(message: OccupancyGrid) -> OccupancyGrid:
    message.info.origin.position.x = math.nan
    return message


def huge(message: OccupancyGrid) -> OccupancyGrid:
    message.info.width, message.info.height = 40_000, 25_000
    return message


def empty(message: OccupancyGrid) -> OccupancyGrid:
    message.info.width, message.info.height, message.data = 0, 0, array("b")
    return message


#: what is wrong, and what is said of it
SPOILT: list[tuple[Callable[[OccupancyGrid], OccupancyGrid], str]] = [
    (rotated, "the {} is turned by 0.400 rad"),
    (nowhere, "the position (nan, 0.0) of the origin of the {} is not finite"),
    (huge, "the {} says 40000 x 25000 cells and holds 200"),
    (empty, "the {} says 0 x 0 cells and holds 0"),
]


def test_keepout_is_kept_out_of_and_holds_when_a_bad_mask_comes(stack: Processes, client: Client) -> None:
    assert lowest(client) < 1.9
    announce(client, 0, grid_message(SOUTH, "map", 0.0))
    client.until(lambda: lowest(client) > 2.4, "the mask")
    for spoil, sentence in SPOILT:
        announce(client, 0, spoil(grid_message(SOUTH, "map", 0.0)))
        until_logged(stack, client, f"mask of filter 'keepout_costmap_filter_info' dropped: {sentence.format('mask')}")
    announce(client, 0, grid_message(SOUTH, "map", 0.0), base=math.nan)
    until_logged(stack, client, "base = nan")
    announce(client, 7, grid_message(SOUTH, "map", 0.0))
    until_logged(stack, client, "type 7 is none of")
    assert lowest(client) > 2.4
    assert southmost_beside_the_box(client, (5.0, 1.7)) > 2.6
    announce(client, 0, grid_message(SOUTH, "moon", 0.0))
    until_logged(stack, client, "the keepout mask is in frame 'moon' and the map in 'map'")
    stack.check()


@pytest.mark.parametrize(
    ("kind", "value", "base", "multiplier", "said", "limit"),
    [(1, 70, 100.0, -1.0, 30.0, 0.3), (2, 40, 0.0, 0.01, 0.4, 0.4), (1, 0, 100.0, -1.0, 0.0, 1.0)],
    ids=["percent", "absolute", "none"],
)
def test_the_robot_keeps_the_speed_that_a_mask_allows(
    stack: Processes, client: Client, kind: int, value: int, base: float, multiplier: float, said: float, limit: float
) -> None:
    limits: list[SpeedLimit] = []
    speeds: list[float] = []
    hearing = client.node.create_subscription(SpeedLimit, "/speed_limit", limits.append, 10)
    announce(client, kind, grid_message(speed(value), "map", 0.0), base, multiplier)
    client.until(lambda: limits and math.isclose(limits[-1].speed_limit, said, abs_tol=1e-6), "the limit")
    assert limits[-1].percentage is (kind == 1 and said > 0.0)
    driving = client.node.create_subscription(
        Odometry, "/ground_truth/odom", lambda m: speeds.append(m.twist.twist.linear.x), 10
    )
    for _ in range(3):  # processes may be held up on a busy machine
        goal = (1.0, 2.9) if client.pose[0] > 2.0 else (3.0, 2.9)
        answer = client.result(client.send(pose_stamped(*goal)))
        assert answer.status == GoalStatus.STATUS_SUCCEEDED, answer.result.error_msg
        if max(speeds) > 0.8 * limit:
            break
    assert 0.8 * limit < max(speeds) < limit + 0.05
    client.node.destroy_subscription(hearing)
    client.node.destroy_subscription(driving)


@pytest.mark.parametrize(("spoil", "sentence"), SPOILT, ids=[spoil.__name__ for spoil, _ in SPOILT])
def test_a_bad_map_is_refused_and_the_one_before_is_used(
    stack: Processes, client: Client, spoil: Callable[[OccupancyGrid], OccupancyGrid], sentence: str
) -> None:
    client.latch("/map", spoil(grid_message(SOUTH, "map", 0.0)))
    until_logged(stack, client, f"map dropped: {sentence.format('map')}")
    lowest(client)
    stack.check()


def test_an_update_that_does_not_fit_is_refused(stack: Processes, client: Client) -> None:
    publisher = client.node.create_publisher(OccupancyGridUpdate, "/map_updates", 10)
    client.until(lambda: publisher.get_subscription_count() > 0, "the planner to listen")
    for x, y, width, height, cells in ((5000, 0, 2, 2, 4), (-1, 0, 2, 2, 4), (0, 0, 2, 2, 3), (0, 0, 2**31, 2**31, 4)):
        publisher.publish(OccupancyGridUpdate(x=x, y=y, width=width, height=height, data=[100] * cells))
        until_logged(stack, client, f"map update dropped: an update of {width} x {height} cells at ({x}, {y})")
    lowest(client)
    stack.check()


def test_a_map_replaced_while_driving_loses_neither_goal_nor_way(stack: Processes, client: Client) -> None:
    goal = (1.0, 2.9) if client.pose[0] > 3.0 else (5.0, 2.9)
    handle, before = client.send(pose_stamped(*goal)), client.pose
    client.until(lambda: math.dist(before[:2], client.pose[:2]) > 0.3, "motion")
    plain = Grid(np.zeros((50, 70), np.int8), 0.1, -0.5, -0.5)
    client.latch("/map", grid_message(plain, "map", 0.0))
    answer = client.result(handle)
    assert (answer.status, answer.result.error_msg) == (GoalStatus.STATUS_SUCCEEDED, "")
    assert math.dist(client.pose[:2], goal) < 0.15
    stack.check()
