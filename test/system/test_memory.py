"""What was found closed is remembered, over DDS and over the death of the process."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("rclpy", reason="needs ROS: run in the environment that `make setup` builds")
from action_msgs.msg import GoalStatus
from nav2_msgs.action import ComputePathToPose
from nav_msgs.msg import OccupancyGrid
from rclpy.action import ActionClient
from visualization_msgs.msg import Marker, MarkerArray

from astro_nav_global.memory_store import MemoryStore
from astro_nav_ros import qos
from astro_nav_tools.live.processes import Processes

from .client import Client, pose_stamped
from .conftest import start_world

WORLD = Path(__file__).with_name("two_ways.yaml")
PASSAGES = "passages: {kitchen_door: {from: [2.5, 0.6], to: [2.5, 1.4]}, nowhere: {from: [20, 20], to: [21, 20]}}"


@pytest.fixture
def stack(client: Client, tmp_path: Path) -> Iterator[Processes]:
    """The whole stack in two rooms, whose door the map shows open."""
    (tmp_path / "passages.yaml").write_text(PASSAGES)
    with Processes(tmp_path) as processes:
        start_world(processes, tmp_path, WORLD)
        for name in ("local", "reactive"):
            processes.start(name, f"astro_nav_{name}.node", use_sim_time=True)
        start_global(processes, tmp_path)
        client.until_ready()
        yield processes


def start_global(processes: Processes, folder: Path) -> None:
    files = {"memory_file": folder / "memory.sqlite", "passages_file": folder / "passages.yaml"}
    processes.start("global", "astro_nav_global.node", use_sim_time=True, **files)


def test_a_door_found_closed_is_shown_and_remembered_after_kill_9(
    stack: Processes, client: Client, tmp_path: Path
) -> None:
    here, there = pose_stamped(0.6, 0.6), pose_stamped(3.8, 1.0)
    assert highest(path(client, here, there)) < 2.5  # through the door, as the map has it
    answer = client.result(client.send(there))
    assert (answer.status, answer.result.error_msg) == (GoalStatus.STATUS_SUCCEEDED, "")
    see_the_door_closed(client)
    stack.kill("global")
    start_global(stack, tmp_path)
    assert highest(path(client, here, there)) > 3.5  # round it
    stack.check()
    assert "passages off the map are ignored: nowhere" in stack.log("global")
    store = MemoryStore(tmp_path / "memory.sqlite")
    (key,) = store.maps()
    assert not store.load(key)["kitchen_door"].was_open


def test_without_a_usable_file_the_node_runs_and_says_once_what_it_does(client: Client, tmp_path: Path) -> None:
    (tmp_path / "corrupt.sqlite").write_bytes(b"no database" * 500)
    (tmp_path / "file").write_text("")
    with Processes(tmp_path) as processes:
        for name, file in (
            ("corrupt", tmp_path / "corrupt.sqlite"),
            ("impossible", tmp_path / "file" / "memory.sqlite"),
        ):
            processes.start(name, "astro_nav_global.node", memory_file=file, publish_hz=10.0)
        for name, sentence in (
            ("corrupt", "kept as 'corrupt.sqlite.corrupt-1', a fresh one is begun"),
            ("impossible", "cannot be made: File exists; what is found open or blocked is kept only while"),
        ):
            client.until(lambda: sentence in processes.log(name), f"the sentence of '{name}'")  # noqa: B023
        client.spin(1.0)
        processes.check()
        assert processes.log("corrupt").count("WARN") == processes.log("impossible").count("WARN") == 1
        assert set(processes.end().values()) == {0}


def see_the_door_closed(client: Client) -> None:
    """As rviz would."""
    layers: list[OccupancyGrid] = []
    markers: list[MarkerArray] = []
    client.node.create_subscription(OccupancyGrid, "/global_costmap/memory_layer", layers.append, qos.LATCHED)
    client.node.create_subscription(MarkerArray, "/passages", markers.append, qos.LATCHED)
    client.until(lambda: markers and layers and max(layers[-1].data) > 80, "the door to be shown closed")
    shown = {m.ns + m.text.partition(",")[0]: m for m in markers[-1].markers if m.action == Marker.ADD}
    assert "nameskitchen_door: 0 % open" in shown
    assert shown["passages"].type == Marker.LINE_STRIP
    assert layers[-1].header.frame_id == shown["passages"].header.frame_id == "map"


def path(client: Client, start: Any, goal: Any) -> Any:
    """The way as the planner has it; asked again until it is there, for a killed one looks alive for a while."""
    action = ActionClient(client.node, ComputePathToPose, "compute_path_to_pose")
    request = ComputePathToPose.Goal(goal=goal, start=start, use_start=True)
    found: list[Any] = []
    for _ in range(60):
        action.send_goal_async(request).add_done_callback(
            lambda sent: sent.result().get_result_async().add_done_callback(lambda done: found.append(done.result()))
        )
        client.spin(2.0)
        if found and found[-1].result.error_code != ComputePathToPose.Result.TF_ERROR:
            break
    action.destroy()
    assert found and found[-1].status == GoalStatus.STATUS_SUCCEEDED, found
    return found[-1].result.path


def highest(found: Any) -> float:
    return max(float(posed.pose.position.y) for posed in found.poses)
