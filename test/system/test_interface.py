"""A client that knows nothing but Nav2's types drives everything: names, feedback, error codes, preemption, cancelling, lifecycle."""

from __future__ import annotations

import math
from typing import Any

import pytest

pytest.importorskip("rclpy", reason="needs ROS: run in the environment that `make setup` builds")
from action_msgs.msg import GoalStatus
from builtin_interfaces.msg import Duration
from geometry_msgs.msg import Point, PoseStamped, PoseWithCovarianceStamped, Twist, Vector3
from lifecycle_msgs.srv import GetState
from nav2_msgs.action import (
    BackUp,
    ComputePathThroughPoses,
    DriveOnHeading,
    FollowPath,
    FollowWaypoints,
    NavigateThroughPoses,
    NavigateToPose,
    SmoothPath,
    Spin,
    Wait,
)
from nav2_msgs.srv import (
    ClearCostmapAroundPose,
    ClearCostmapAroundRobot,
    ClearCostmapExceptRegion,
    ClearEntireCostmap,
    GetCostmap,
    IsPathValid,
    LoadMap,
    ManageLifecycleNodes,
)
from nav_msgs.msg import Path
from std_srvs.srv import Trigger

from astro_nav_ros import qos
from astro_nav_tools.live.processes import Processes

from .client import Client, pose_stamped

SUCCEEDED, ABORTED, CANCELED = GoalStatus.STATUS_SUCCEEDED, GoalStatus.STATUS_ABORTED, GoalStatus.STATUS_CANCELED

ACTIONS = {
    "navigate_to_pose": "NavigateToPose", "navigate_through_poses": "NavigateThroughPoses",
    "follow_waypoints": "FollowWaypoints", "compute_path_to_pose": "ComputePathToPose",
    "compute_path_through_poses": "ComputePathThroughPoses", "follow_path": "FollowPath", "smooth_path": "SmoothPath",
    "spin": "Spin", "backup": "BackUp", "drive_on_heading": "DriveOnHeading", "wait": "Wait",
}  # fmt: skip
STATES = (
    "bt_navigator", "planner_server", "smoother_server", "waypoint_follower", "controller_server", "behavior_server",
    "velocity_smoother", "collision_monitor", "amcl", "map_server",
)  # fmt: skip
#: of so many, one must be without a stop: on a busy machine processes are held up, and the robot waits for them
DRIVES = 3
#: places in the small world: two corners, the other side of the box, and the cell that nothing leads into
WEST, EAST, NORTH, WALLED_IN = (1.0, 1.0), (4.3, 2.6), (3.0, 3.3), (5.4, 0.6)


def sides(client: Client) -> tuple[tuple[float, float], tuple[float, float]]:
    """Where the robot is about, and the other side of the room."""
    return (EAST, WEST) if client.pose[0] > 2.7 else (WEST, EAST)


def outcome(answer: Any) -> tuple[int, int]:
    """Status and error code; failures must come with a sentence."""
    assert (answer.status == SUCCEEDED) == (answer.result.error_msg == "")
    return answer.status, answer.result.error_code


def begin_drive(client: Client) -> tuple[Any, tuple[float, float]]:
    """The handle of a goal at the other side, and that place, when the robot drives."""
    _, there = sides(client)
    handle = client.send(pose_stamped(*there))
    client.until(lambda: client.speed > 0.3, "motion")
    return handle, there


def at_rest(client: Client) -> None:
    """Wait until the robot stands."""
    client.until(lambda: client.speed < 0.01, "the robot to stand")


# What is there.


def test_all_actions_are_served_with_nav2s_types(stack: Processes, client: Client) -> None:
    served = dict(client.node.get_service_names_and_types())
    for name, kind in ACTIONS.items():
        assert served.get(f"/{name}/_action/send_goal") == [f"nav2_msgs/action/{kind}_SendGoal"], name


def test_nodes_that_clients_wait_for_say_they_are_active(stack: Processes, client: Client) -> None:
    for name in STATES:
        client.until_active(name)
    for group in ("navigation", "localization"):
        answer = client.call(Trigger, f"lifecycle_manager_{group}/is_active", Trigger.Request())
        assert answer.success, answer.message


def test_amcl_tells_where_the_robot_is(stack: Processes, client: Client) -> None:
    poses: list[PoseWithCovarianceStamped] = []
    client.node.create_subscription(PoseWithCovarianceStamped, "amcl_pose", poses.append, qos.LATCHED)
    client.until(lambda: poses, "amcl_pose")
    position = poses[-1].pose.pose.position
    assert (position.x, position.y) == pytest.approx(client.pose[:2], abs=0.1)
    assert poses[-1].header.frame_id == "map"


# Manoeuvres.


def test_spin_turns_by_the_angle(stack: Processes, client: Client) -> None:
    before = client.pose
    answer, heard = client.carry_out(Spin, "spin", Spin.Goal(target_yaw=-1.2, time_allowance=Duration(sec=10)))
    assert outcome(answer) == (SUCCEEDED, 0)
    assert abs(math.remainder(client.pose[2] - before[2] + 1.2, math.tau)) < 0.08
    assert math.dist(client.pose[:2], before[:2]) < 0.05
    client.until(lambda: abs(heard[-1].angular_distance_traveled + 1.2) < 0.05, "the last feedback")
    assert 1 <= answer.result.total_elapsed_time.sec < 5


def test_backup_and_drive_on_heading_go_straight(stack: Processes, client: Client) -> None:
    x, y, yaw = client.pose
    answer, heard = client.carry_out(BackUp, "backup", BackUp.Goal(target=Point(x=0.2), speed=0.1))
    assert outcome(answer) == (SUCCEEDED, 0)
    back = (x - 0.2 * math.cos(yaw), y - 0.2 * math.sin(yaw))
    assert math.dist(client.pose[:2], back) < 0.05
    client.until(lambda: abs(heard[-1].distance_traveled - 0.2) < 0.03, "the last feedback")
    goal = DriveOnHeading.Goal(target=Point(x=0.2), speed=0.2)
    assert outcome(client.carry_out(DriveOnHeading, "drive_on_heading", goal)[0]) == (SUCCEEDED, 0)
    assert math.dist(client.pose[:2], (x, y)) < 0.05


def test_wait_waits(stack: Processes, client: Client) -> None:
    answer, heard = client.carry_out(Wait, "wait", Wait.Goal(time=Duration(nanosec=600_000_000)))
    assert outcome(answer) == (SUCCEEDED, 0)
    elapsed = answer.result.total_elapsed_time
    assert 0.6 <= elapsed.sec + 1e-9 * elapsed.nanosec < 2.0
    client.until(lambda: heard[0].time_left.nanosec > heard[-1].time_left.nanosec, "the time left to fall")


@pytest.mark.parametrize(
    ("kind", "name", "goal", "code"),
    [
        (Spin, "spin", Spin.Goal(target_yaw=math.nan), 700),
        (Spin, "spin", Spin.Goal(target_yaw=6.0, time_allowance=Duration(nanosec=500_000_000)), 701),
        (BackUp, "backup", BackUp.Goal(target=Point(x=0.2, y=0.1), speed=0.1), 713),
        (BackUp, "backup", BackUp.Goal(target=Point(x=0.2), speed=0.0), 713),
        (BackUp, "backup", BackUp.Goal(target=Point(x=math.inf), speed=0.1), 713),
        (DriveOnHeading, "drive_on_heading", DriveOnHeading.Goal(target=Point(x=0.2), speed=-0.1), 724),
        (DriveOnHeading, "drive_on_heading", DriveOnHeading.Goal(target=Point(x=20.0), speed=0.5), 723),
    ],
    ids=["nan", "late", "sideways", "no_speed", "infinite", "signs", "collision"],
)
def test_a_manoeuvre_that_cannot_be_done_says_why(
    stack: Processes, client: Client, kind: Any, name: str, goal: Any, code: int
) -> None:
    answer, _ = client.carry_out(kind, name, goal)
    assert outcome(answer) == (ABORTED, code)
    at_rest(client)
    stack.check()


# Goals.


def test_poses_are_driven_through_without_a_stop(stack: Processes, client: Client) -> None:
    assert any(slowest_at_the_pose_between(client) > 0.15 for _ in range(DRIVES))


def slowest_at_the_pose_between(client: Client) -> float:
    """Least speed there, on a drive through two poses."""
    here, there = sides(client)
    client.result(client.send(pose_stamped(*here, 1.0)))
    goal = NavigateThroughPoses.Goal(poses=[pose_stamped(*NORTH), pose_stamped(*there, -1.57)])
    handle, heard = client.begin(NavigateThroughPoses, "navigate_through_poses", goal)
    got = handle.get_result_async()
    track: list[tuple[float, float]] = []  # distance to the first pose and speed

    def done() -> bool:
        track.append((math.dist(client.pose[:2], NORTH), client.speed))
        return bool(got.done())

    client.until(done, "arrival")
    assert outcome(got.result()) == (SUCCEEDED, 0)
    assert math.dist(client.pose[:2], there) < 0.15
    nearest = min(distance for distance, _ in track)
    assert nearest < 0.5
    poses = [feedback.number_of_poses_remaining for feedback in heard]
    assert (poses[0], poses[-1]) == (2, 1) and poses == sorted(poses, reverse=True)
    assert heard[0].distance_remaining > 3.0 > heard[-1].distance_remaining
    assert heard[0].estimated_time_remaining.sec > heard[-1].estimated_time_remaining.sec
    return min(speed for distance, speed in track if distance < nearest + 0.1)


def test_waypoints_are_reached_and_missed_ones_told(stack: Processes, client: Client) -> None:
    here, _there = sides(client)
    poses = [pose_stamped(*NORTH), pose_stamped(*WALLED_IN), pose_stamped(*here)]
    goal = FollowWaypoints.Goal(poses=poses)
    answer, heard = client.carry_out(FollowWaypoints, "follow_waypoints", goal, 60.0)
    assert outcome(answer) == (SUCCEEDED, 0)
    assert math.dist(client.pose[:2], here) < 0.15
    assert [(missed.index, missed.error_code) for missed in answer.result.missed_waypoints] == [(1, 208)]
    assert answer.result.missed_waypoints[0].goal.pose.position.x == WALLED_IN[0]
    assert list(dict.fromkeys(feedback.current_waypoint for feedback in heard)) == [0, 1, 2]


@pytest.mark.parametrize(
    ("kind", "name", "goal", "code"),
    [
        (NavigateThroughPoses, "navigate_through_poses", NavigateThroughPoses.Goal(), 309),
        (NavigateThroughPoses, "navigate_through_poses", [pose_stamped(*WEST), pose_stamped(math.nan, 1.0)], 302),
        (NavigateThroughPoses, "navigate_through_poses", [pose_stamped(*WEST, frame="nowhere")], 302),
        (NavigateThroughPoses, "navigate_through_poses", [pose_stamped(*WEST), pose_stamped(*WALLED_IN)], 308),
        (FollowWaypoints, "follow_waypoints", FollowWaypoints.Goal(), 600),
        (FollowWaypoints, "follow_waypoints", FollowWaypoints.Goal(poses=[pose_stamped(*WEST)], goal_index=3), 600),
        (FollowWaypoints, "follow_waypoints", [pose_stamped(math.inf, 1.0)], 600),
    ],
    ids=["no_pose", "nan", "frame", "unreachable", "no_waypoint", "index", "infinite"],
)
def test_a_bad_request_to_drive_says_why(
    stack: Processes, client: Client, kind: Any, name: str, goal: Any, code: int
) -> None:
    before = client.pose
    goal = kind.Goal(poses=goal) if isinstance(goal, list) else goal
    answer, _ = client.carry_out(kind, name, goal)
    assert outcome(answer) == (ABORTED, code)
    assert math.dist(client.pose[:2], before[:2]) < 0.1
    stack.check()


def test_a_goal_that_moves_while_driving_is_joined_without_a_stop(stack: Processes, client: Client) -> None:
    assert any(slowest_while_the_goal_moves(client) > 0.2 for _ in range(DRIVES))


def slowest_while_the_goal_moves(client: Client) -> float:
    """Least speed from shortly before the goal moves until the robot is near it."""
    first, there = begin_drive(client)
    client.until(lambda: client.speed > 0.5, "speed")
    slowest = [client.speed]
    second = client.send(pose_stamped(there[0], there[1] + 0.3))
    assert client.result(first).status == ABORTED

    def far_on() -> bool:
        slowest.append(client.speed)
        return math.dist(client.pose[:2], there) < 1.0

    client.until(far_on, "the new goal to be driven to")
    assert client.result(second).status == SUCCEEDED
    return min(slowest)


def test_a_bad_goal_does_not_end_the_one_under_way(stack: Processes, client: Client) -> None:
    handle, there = begin_drive(client)
    for kind, name, goal, code in (
        (NavigateToPose, "navigate_to_pose", NavigateToPose.Goal(pose=pose_stamped(math.nan, 1.0)), 202),
        (NavigateToPose, "navigate_to_pose", NavigateToPose.Goal(pose=pose_stamped(1.0, 1.0, frame="nowhere")), 202),
        (NavigateThroughPoses, "navigate_through_poses", NavigateThroughPoses.Goal(), 309),
    ):
        assert outcome(client.carry_out(kind, name, goal)[0]) == (ABORTED, code)
    assert client.result(handle).status == SUCCEEDED
    assert math.dist(client.pose[:2], there) < 0.15


@pytest.mark.parametrize("name", ["follow_waypoints", "spin", "follow_path"])
def test_whatever_is_newer_replaces_a_goal_under_way(stack: Processes, client: Client, name: str) -> None:
    handle, _ = begin_drive(client)
    here = pose_stamped(*client.pose)
    kind, goal = {
        "follow_waypoints": (FollowWaypoints, FollowWaypoints.Goal(poses=[here])),
        "spin": (Spin, Spin.Goal(target_yaw=0.5)),
        "follow_path": (FollowPath, FollowPath.Goal(path=_path([here]))),
    }[name]
    newer, _ = client.begin(kind, name, goal)
    answer = client.result(handle)
    assert answer.status == ABORTED and name in answer.result.error_msg
    assert client.result(newer).status == SUCCEEDED


@pytest.mark.parametrize("name", ["navigate_through_poses", "follow_waypoints", "spin", "drive_on_heading", "wait"])
def test_everything_can_be_cancelled(stack: Processes, client: Client, name: str) -> None:
    _, there = sides(client)
    kind, goal = {
        "navigate_through_poses": (NavigateThroughPoses, NavigateThroughPoses.Goal(poses=[pose_stamped(*there)])),
        "follow_waypoints": (FollowWaypoints, FollowWaypoints.Goal(poses=[pose_stamped(*there)])),
        "spin": (Spin, Spin.Goal(target_yaw=30.0)),
        "drive_on_heading": (DriveOnHeading, DriveOnHeading.Goal(target=Point(x=0.4), speed=0.05)),
        "wait": (Wait, Wait.Goal(time=Duration(sec=100))),
    }[name]
    handle, heard = client.begin(kind, name, goal)
    client.until(lambda: len(heard) > 5, "feedback")
    handle.cancel_goal_async()
    answer = client.result(handle)
    assert (answer.status, answer.result.error_code) == (CANCELED, 0)
    at_rest(client)


# Paths and costs.


def test_a_path_leads_through_all_poses(stack: Processes, client: Client) -> None:
    goals = [pose_stamped(*NORTH), pose_stamped(*EAST, 1.0)]
    request = ComputePathThroughPoses.Goal(goals=goals, start=pose_stamped(*WEST), use_start=True)
    answer, _ = client.carry_out(ComputePathThroughPoses, "compute_path_through_poses", request)
    assert outcome(answer) == (SUCCEEDED, 0)
    points = [(pose.pose.position.x, pose.pose.position.y) for pose in answer.result.path.poses]
    assert (points[0], points[-1]) == (pytest.approx(WEST), pytest.approx(EAST))
    assert min(math.dist(point, NORTH) for point in points) < 0.01


@pytest.mark.parametrize(
    ("goals", "planner", "code"),
    [
        ([], "", 309), ([pose_stamped(*WEST)], "Other", 301), ([pose_stamped(*WEST, frame="nowhere")], "", 302),
        ([pose_stamped(*WEST), pose_stamped(20.0, 2.0)], "", 304), ([pose_stamped(3.0, 2.2)], "GridBased", 306),
        ([pose_stamped(*WEST), pose_stamped(*WALLED_IN)], "", 308),
    ],
)  # fmt: skip
def test_a_path_through_poses_that_cannot_be_computed_says_why(
    stack: Processes, client: Client, goals: list[PoseStamped], planner: str, code: int
) -> None:
    request = ComputePathThroughPoses.Goal(goals=goals, planner_id=planner)
    answer, _ = client.carry_out(ComputePathThroughPoses, "compute_path_through_poses", request)
    assert outcome(answer) == (ABORTED, code)


def test_a_path_is_smoothed_out_of_obstacles(stack: Processes, client: Client) -> None:
    corner = [pose_stamped(1.0 + 0.1 * min(i, 10), 1.0 + 0.1 * max(i - 10, 0)) for i in range(21)]
    request = SmoothPath.Goal(path=_path(corner), check_for_collisions=True, max_smoothing_duration=Duration(sec=2))
    answer, _ = client.carry_out(SmoothPath, "smooth_path", request)
    assert outcome(answer) == (SUCCEEDED, 0) and answer.result.was_completed
    bend = answer.result.path.poses[10].pose.position
    assert 0.02 < math.dist((bend.x, bend.y), (2.0, 1.0)) < 0.3


@pytest.mark.parametrize(
    ("poses", "smoother", "seconds", "code"),
    [
        ([], "", 2, 505), ([pose_stamped(math.nan, 1.0)] * 3, "", 2, 505), ([pose_stamped(1.0, 1.0)], "Other", 2, 501),
        ([pose_stamped(2.0 + 0.2 * i, 2.2) for i in range(10)], "", 2, 503),
        ([pose_stamped(1.0, 1.0)] * 3, "", 0, 502),
    ],
    ids=["empty", "nan", "smoother", "obstacle", "late"],
)  # fmt: skip
def test_a_path_that_cannot_be_smoothed_says_why(
    stack: Processes, client: Client, poses: list[PoseStamped], smoother: str, seconds: int, code: int
) -> None:
    request = SmoothPath.Goal(path=_path(poses), smoother_id=smoother, check_for_collisions=True)
    request.max_smoothing_duration.sec = seconds
    assert outcome(client.carry_out(SmoothPath, "smooth_path", request)[0]) == (ABORTED, code)


def test_blocked_poses_of_a_path_are_told(stack: Processes, client: Client) -> None:
    def check(*places: tuple[float, float]) -> tuple[bool, list[int]]:
        path = _path([pose_stamped(*place) for place in places])
        answer = client.call(IsPathValid, "is_path_valid", IsPathValid.Request(path=path))
        return answer.is_valid, list(answer.invalid_pose_indices)

    assert check(WEST, NORTH, EAST) == (True, [])
    assert check(WEST, (3.0, 2.2), EAST, (20.0, 0.0)) == (False, [1, 3])
    assert check(WEST, (math.nan, 0.0)) == (False, [0, 1])
    assert check() == (False, [])


@pytest.mark.parametrize("which", ["local", "global"])
def test_costmaps_can_be_had_and_cleared(stack: Processes, client: Client, which: str) -> None:
    space = f"{which}_costmap"
    costs = client.call(GetCostmap, f"{space}/get_costmap", GetCostmap.Request()).map
    assert len(costs.data) == costs.metadata.size_x * costs.metadata.size_y
    assert {0, 253, 254} <= set(costs.data)
    assert costs.header.frame_id == ("odom" if which == "local" else "map")
    client.call(ClearEntireCostmap, f"{space}/clear_entirely_{which}_costmap", ClearEntireCostmap.Request())
    for name in (f"clear_around_{which}_costmap", "clear_costmap_around_robot"):
        client.call(ClearCostmapAroundRobot, f"{space}/{name}", ClearCostmapAroundRobot.Request(reset_distance=1.0))
    for name in (f"clear_except_{which}_costmap", "clear_costmap_except_region"):
        client.call(ClearCostmapExceptRegion, f"{space}/{name}", ClearCostmapExceptRegion.Request(reset_distance=1.0))
    for name in (f"clear_around_pose_{which}_costmap", "clear_costmap_around_pose"):
        request = ClearCostmapAroundPose.Request(pose=pose_stamped(*WEST), reset_distance=math.nan)
        client.call(ClearCostmapAroundPose, f"{space}/{name}", request)
    stack.check()


def test_a_map_can_be_loaded_while_driving(stack: Processes, client: Client) -> None:
    handle, _there = begin_drive(client)
    answer = client.call(LoadMap, "map_server/load_map", LoadMap.Request(map_url=str(stack.logs / "map.yaml")))
    assert answer.result == LoadMap.Response.RESULT_SUCCESS and answer.map.info.width > 0
    assert client.result(handle).status == SUCCEEDED
    missing = client.call(LoadMap, "map_server/load_map", LoadMap.Request(map_url="/nowhere.yaml"))
    assert missing.result == LoadMap.Response.RESULT_MAP_DOES_NOT_EXIST


# Lifecycle: the last test ends the stack's work.


def test_pausing_while_driving_stops_the_robot_and_resuming_lets_it_drive_again(
    stack: Processes, client: Client
) -> None:
    speeds: list[float] = []
    client.node.create_subscription(
        Twist, "/cmd_vel", lambda m: speeds.append(abs(m.linear.x) + 0.2 * abs(m.angular.z)), 50
    )
    joystick = client.node.create_publisher(Twist, "/cmd_vel", 1)
    handle, there = begin_drive(client)
    assert _manage(client, ManageLifecycleNodes.Request.PAUSE)
    answer = client.result(handle)
    assert answer.status == ABORTED and answer.result.error_msg
    at_rest(client)
    client.until(lambda: speeds[-1] == 0.0, "the last command")
    fast = max(i for i, speed in enumerate(speeds) if speed > 0.2)
    assert sum(speed > 0.01 for speed in speeds[fast + 1 :]) >= 3  # braked, not cut off

    def is_handed_over() -> bool:
        joystick.publish(Twist(linear=Vector3(x=0.02)))
        return speeds[-10:] == [0.02] * 10

    client.until(is_handed_over, "the paused guard to leave the base to others")
    client.node.destroy_publisher(joystick)
    assert not client.call(Trigger, "lifecycle_manager_navigation/is_active", Trigger.Request()).success
    state = client.call(GetState, "bt_navigator/get_state", GetState.Request())
    assert state.current_state.label == "inactive"
    assert _manage(client, ManageLifecycleNodes.Request.RESUME)
    assert _manage(client, ManageLifecycleNodes.Request.STARTUP)  # nothing to do
    answer, _ = client.carry_out(NavigateToPose, "navigate_to_pose", NavigateToPose.Goal(pose=pose_stamped(*there)))
    assert outcome(answer) == (SUCCEEDED, 0)


def test_shut_down_nodes_stay_shut_down(stack: Processes, client: Client) -> None:
    assert _manage(client, ManageLifecycleNodes.Request.SHUTDOWN)
    state = client.call(GetState, "controller_server/get_state", GetState.Request())
    assert state.current_state.label == "finalized"
    assert not _manage(client, ManageLifecycleNodes.Request.STARTUP)
    stack.check()


def _manage(client: Client, command: int) -> bool:
    request = ManageLifecycleNodes.Request(command=command)
    return bool(client.call(ManageLifecycleNodes, "lifecycle_manager_navigation/manage_nodes", request, 40.0).success)


def _path(poses: list[PoseStamped]) -> Path:
    path = Path(poses=poses)
    path.header.frame_id = "map"
    return path
