"""Nodes start in any order and at their own pace: who waits for Nav2's navigator, or sends a goal at once, finds a robot that drives."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

pytest.importorskip("rclpy", reason="needs ROS: run in the environment that `make setup` builds")
from action_msgs.msg import GoalStatus
from lifecycle_msgs.msg import Transition
from lifecycle_msgs.srv import ChangeState
from nav2_msgs.action import NavigateToPose

from astro_nav_tools.live.processes import Processes

from .client import STARTING, Client, pose_stamped
from .conftest import WORLD, start_world

#: s for which a goal waits; a robot at rest on its way takes 4 s for a reason to recover
WAITING = 6.0


@pytest.fixture
def half(client: Client, tmp_path: Path) -> Iterator[Processes]:
    """A stack whose guard has yet to come."""
    with Processes(tmp_path) as processes:
        start_world(processes, tmp_path, WORLD)
        for name in ("global", "local"):
            processes.start(name, f"astro_nav_{name}.node", use_sim_time=True)
        yield processes
        assert set(processes.end().values()) == {0}


def test_a_goal_before_the_guard_is_there_waits_for_it(half: Processes, client: Client) -> None:
    for name in ("planner_server", "controller_server"):
        client.until_active(name)
    assert client.state("bt_navigator") == "activating"
    goal = NavigateToPose.Goal(pose=pose_stamped(2.0, 1.0))
    half.start("reactive", "astro_nav_reactive.node", use_sim_time=True, autostart=False)
    change(client, "reactive_guard", Transition.TRANSITION_CONFIGURE)
    handle, heard = client.begin(NavigateToPose, "navigate_to_pose", goal)
    client.spin(WAITING)
    assert client.state("bt_navigator") == "activating"
    change(client, "reactive_guard", Transition.TRANSITION_ACTIVATE)
    assert client.result(handle, STARTING).status == GoalStatus.STATUS_SUCCEEDED
    assert {feedback.number_of_recoveries for feedback in heard} == {0}
    assert client.state("bt_navigator") == client.state("waypoint_follower") == "active"
    half.check()


def change(client: Client, name: str, transition: int) -> None:
    """Take a node into another state."""
    request = ChangeState.Request(transition=Transition(id=transition))
    assert client.call(ChangeState, f"{name}/change_state", request, STARTING).success
