"""The whole stack over DDS, from goal to arrival."""

from __future__ import annotations

import math
from typing import Any

import pytest

pytest.importorskip("rclpy", reason="needs ROS: run in the environment that `make setup` builds")
import numpy as np
from action_msgs.msg import GoalStatus
from astro_nav_msgs.msg import ContactReport, GuardState
from geometry_msgs.msg import PoseStamped, Twist
from lifecycle_msgs.msg import Transition
from lifecycle_msgs.srv import ChangeState
from nav2_msgs.action import ComputePathToPose, FollowPath, NavigateToPose
from nav2_msgs.msg import CostmapFilterInfo
from nav_msgs.msg import Path

from astro_nav_common.grid import Grid
from astro_nav_ros import qos
from astro_nav_ros.conversions import grid_message
from astro_nav_tools.live.processes import Processes

from .client import Client, pose_stamped
from .policy import NODES, ON_DEMAND, granted, used

TOPICS = {
    "/plan": "nav_msgs/msg/Path", "/local_plan": "nav_msgs/msg/Path", "/cmd_vel": "geometry_msgs/msg/Twist",
    "/scan": "sensor_msgs/msg/LaserScan", "/odom": "nav_msgs/msg/Odometry", "/tf": "tf2_msgs/msg/TFMessage",
    "/tf_static": "tf2_msgs/msg/TFMessage", "/map": "nav_msgs/msg/OccupancyGrid", "/clock": "rosgraph_msgs/msg/Clock",
    "/goal_pose": "geometry_msgs/msg/PoseStamped", "/joint_states": "sensor_msgs/msg/JointState",
    "/trajectories": "visualization_msgs/msg/MarkerArray", "/local_costmap/costmap": "nav_msgs/msg/OccupancyGrid",
    "/global_costmap/costmap": "nav_msgs/msg/OccupancyGrid", "/diagnostics": "diagnostic_msgs/msg/DiagnosticArray",
    "/local_costmap/published_footprint": "geometry_msgs/msg/PolygonStamped", "/screen/command": "std_msgs/msg/Float64",
    "/collision_monitor_state": "nav2_msgs/msg/CollisionMonitorState", "/speed_limit": "nav2_msgs/msg/SpeedLimit",
}  # fmt: skip

#: m/s and rad/s together, of a command that moves nothing
AT_REST = 0.01


def distance(client: Client, x: float, y: float) -> float:
    return math.dist(client.pose[:2], (x, y))


def test_a_goal_pose_is_driven_to_without_touching_anything(stack: Processes, client: Client) -> None:
    contacts: list[int] = []
    plans: list[Path] = []
    client.node.create_subscription(
        ContactReport, "/ground_truth/contacts", lambda m: contacts.append(m.total), qos.LATCHED
    )
    client.node.create_subscription(Path, "/plan", plans.append, 1)
    publisher = client.node.create_publisher(PoseStamped, "/goal_pose", 10)
    client.until(lambda: publisher.get_subscription_count() and contacts, "the navigator to listen")
    publisher.publish(pose_stamped(5.0, 2.6, 1.57))
    client.until(lambda: distance(client, 5.0, 2.6) < 0.15 and abs(client.pose[2] - 1.57) < 0.15, "arrival")
    assert plans and plans[0].header.frame_id == "map"
    assert contacts[-1] == 0
    stack.check()


def test_standard_topics_have_standard_types(stack: Processes, client: Client) -> None:
    seen = dict(client.node.get_topic_names_and_types())
    assert {name: seen.get(name) for name in TOPICS} == {name: [kind] for name, kind in TOPICS.items()}


def announce_masks(client: Client) -> None:
    """Masks under the names that Nav2 gives them, which say nothing; until whoever is to hear them does."""
    nothing = grid_message(Grid(np.zeros((4, 6), np.int8), 1.0, 0.0, 0.0), "map", 0.0)
    hearers = {"/filter_mask": 2, "/keepout_filter_mask": 2, "/speed_filter_mask": 1}
    for mask in hearers:
        info = CostmapFilterInfo(type=int("speed" in mask), filter_mask_topic=mask, multiplier=1.0)
        client.latch(mask.replace("filter_mask", "costmap_filter_info"), info)
        client.latch(mask, nothing)
    heard = client.node.count_subscribers
    client.until(lambda: all(heard(mask) == count for mask, count in hearers.items()), "who hears the masks")


def test_the_security_policy_grants_what_the_nodes_use_and_nothing_else(stack: Processes, client: Client) -> None:
    announce_masks(client)
    allowed = set(granted())
    in_use = {permission for node in NODES for permission in used(client.node, node)}
    assert in_use - allowed == set(), "used, not in security/policy.xml: refused where SROS 2 enforces it"
    assert allowed - in_use == ON_DEMAND, "in security/policy.xml, not used"


def test_navigate_to_pose_gives_feedback_and_succeeds(stack: Processes, client: Client) -> None:
    x, y = (1.0, 2.8) if client.pose[0] > 3.0 else (5.0, 2.6)
    answer, heard = client.carry_out(NavigateToPose, "navigate_to_pose", _goal(x, y))
    assert (answer.status, answer.result.error_code) == (GoalStatus.STATUS_SUCCEEDED, 0)
    assert distance(client, x, y) < 0.15
    assert heard[0].distance_remaining > 2.0 > heard[-1].distance_remaining
    assert heard[0].current_pose.header.frame_id == "map"


def test_a_cancelled_goal_ends_cancelled_and_at_rest(stack: Processes, client: Client) -> None:
    x, y = (1.0, 1.0) if client.pose[0] > 3.0 else (5.0, 2.6)
    handle = client.send(pose_stamped(x, y))
    before = client.pose
    client.until(lambda: math.dist(before[:2], client.pose[:2]) > 0.3, "motion")
    handle.cancel_goal_async()
    assert client.result(handle).status == GoalStatus.STATUS_CANCELED
    twists: list[float] = []
    client.node.create_subscription(Twist, "/cmd_vel", lambda m: twists.append(abs(m.linear.x) + abs(m.angular.z)), 1)
    client.until(lambda: len(twists) > 10 and max(twists[-10:]) < AT_REST, "the robot to stop")
    assert distance(client, x, y) > 0.5


def test_a_newer_goal_ends_the_older_one_aborted(stack: Processes, client: Client) -> None:
    first = client.send(pose_stamped(1.0, 1.0))
    second = client.send(pose_stamped(*client.pose[:2], client.pose[2]))
    assert client.result(first).status == GoalStatus.STATUS_ABORTED
    assert client.result(second).status == GoalStatus.STATUS_SUCCEEDED


def _with(pose: PoseStamped, **orientation: float) -> PoseStamped:
    for name, value in orientation.items():
        setattr(pose.pose.orientation, name, value)
    return pose


@pytest.mark.parametrize(
    ("goal", "code", "sentence"),
    [
        (pose_stamped(20.0, 2.0), 204, "outside the map"),
        (pose_stamped(3.0, 2.2), 206, "obstacle"),
        (pose_stamped(5.4, 0.6), 208, "no way"),
        (pose_stamped(4.0, 2.0, frame="nowhere"), 202, "nowhere"),
        (pose_stamped(4.0, 2.0, frame=""), 202, "frame"),
        (_with(pose_stamped(4.0, 2.0), w=0.0), 202, "zeros"),
        (_with(pose_stamped(4.0, 2.0), z=math.nan), 202, "finite"),
        (pose_stamped(math.nan, 2.0), 202, "finite"),
        (pose_stamped(math.inf, 2.0), 202, "finite"),
    ],
    ids=[
        "outside",
        "in_obstacle",
        "unreachable",
        "unknown_frame",
        "no_frame",
        "zero_quaternion",
        "nan_quaternion",
        "nan",
        "infinite",
    ],
)
def test_a_bad_goal_ends_with_its_code_and_a_sentence(
    stack: Processes, client: Client, goal: PoseStamped, code: int, sentence: str
) -> None:
    answer = client.result(client.send(goal))
    assert (answer.status, answer.result.error_code) == (GoalStatus.STATUS_ABORTED, code)
    assert sentence in answer.result.error_msg
    stack.check()


def test_a_path_is_computed_from_any_start(stack: Processes, client: Client) -> None:
    answer = _compute(client, pose_stamped(5.0, 2.6, 1.0), pose_stamped(1.0, 1.0))
    assert (answer.status, answer.result.error_code) == (GoalStatus.STATUS_SUCCEEDED, 0)
    first, last = answer.result.path.poses[0].pose.position, answer.result.path.poses[-1].pose
    assert (first.x, first.y, last.position.x, last.position.y) == pytest.approx((1.0, 1.0, 5.0, 2.6))
    assert last.orientation.w == pytest.approx(math.cos(0.5))
    assert answer.result.path.header.frame_id == "map"


@pytest.mark.parametrize(
    ("goal", "start", "planner", "code"),
    [
        (pose_stamped(5.0, 2.6), pose_stamped(1.0, 1.0), "Other", 201),
        (pose_stamped(5.0, 2.6), pose_stamped(1.0, 1.0, frame="nowhere"), "", 202),
        (pose_stamped(5.0, 2.6), pose_stamped(-9.0, 1.0), "GridBased", 203),
        (pose_stamped(20.0, 2.0), pose_stamped(1.0, 1.0), "", 204),
        (pose_stamped(5.0, 2.6), pose_stamped(3.0, 2.2), "", 205),
        (pose_stamped(3.0, 2.2), pose_stamped(1.0, 1.0), "", 206),
        (pose_stamped(5.4, 0.6), pose_stamped(1.0, 1.0), "", 208),
    ],
)
def test_a_path_that_cannot_be_computed_says_why(
    stack: Processes, client: Client, goal: PoseStamped, start: PoseStamped, planner: str, code: int
) -> None:
    answer = _compute(client, goal, start, planner)
    assert (answer.status, answer.result.error_code) == (GoalStatus.STATUS_ABORTED, code)
    assert answer.result.error_msg


def test_a_path_that_cannot_be_followed_says_why(stack: Processes, client: Client) -> None:
    bent = Path(poses=[pose_stamped(1.0, 1.0), pose_stamped(math.nan, 1.0)])
    for goal, code in (
        (FollowPath.Goal(), 103),
        (FollowPath.Goal(path=bent), 103),
        (FollowPath.Goal(controller_id="Other"), 101),
        (FollowPath.Goal(path=_path_in("nowhere")), 102),
    ):
        answer, _ = client.carry_out(FollowPath, "follow_path", goal)
        assert (answer.status, answer.result.error_code) == (GoalStatus.STATUS_ABORTED, code)
        assert answer.result.error_msg


def test_without_new_plans_the_guard_stops_the_robot_says_why_and_recovers(stack: Processes, client: Client) -> None:
    states: list[GuardState] = []
    twists: list[float] = []
    client.node.create_subscription(GuardState, "/guard/state", states.append, 10)
    client.node.create_subscription(Twist, "/cmd_vel", lambda m: twists.append(abs(m.linear.x) + abs(m.angular.z)), 10)

    def change(transition: int) -> None:
        request = ChangeState.Request(transition=Transition(id=transition))
        assert client.call(ChangeState, "/local_planner/change_state", request).success

    x, y = (1.0, 1.0) if client.pose[0] > 3.0 else (5.0, 2.6)
    handle = client.send(pose_stamped(x, y))
    before = client.pose
    client.until(lambda: math.dist(before[:2], client.pose[:2]) > 0.3, "motion")
    change(Transition.TRANSITION_DEACTIVATE)
    client.until(lambda: states and states[-1].code == GuardState.STALE_PLAN, "the guard to miss the plan")
    client.until(lambda: max(twists[-10:]) < AT_REST, "the robot to stop")
    twists.clear()
    client.until(lambda: len(twists) > 30, "the zeros of a guard that never goes silent")
    handle.cancel_goal_async()
    change(Transition.TRANSITION_ACTIVATE)
    client.until(lambda: states[-1].code in (GuardState.OK, GuardState.IDLE), "the guard to recover")
    assert client.result(client.send(pose_stamped(x, y))).status == GoalStatus.STATUS_SUCCEEDED


def _compute(client: Client, goal: PoseStamped, start: PoseStamped, planner: str = "") -> Any:
    request = ComputePathToPose.Goal(goal=goal, start=start, planner_id=planner, use_start=True)
    return client.carry_out(ComputePathToPose, "compute_path_to_pose", request)[0]


def _path_in(frame: str) -> Path:
    path = Path(poses=[pose_stamped(1.0, 1.0), pose_stamped(2.0, 1.0)])
    path.header.frame_id = frame
    return path


def _goal(x: float, y: float) -> NavigateToPose.Goal:
    return NavigateToPose.Goal(pose=pose_stamped(x, y))
