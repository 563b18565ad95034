"""A client that has nothing but rclpy and the standard interfaces."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from typing import Any

import numpy as np
from action_msgs.srv import CancelGoal
from astro_nav_msgs.msg import GuardState
from geometry_msgs.msg import PoseStamped
from lifecycle_msgs.srv import GetState
from nav2_msgs.action import FollowPath, NavigateToPose
from nav_msgs.msg import Odometry
from rclpy.action import ActionClient
from rclpy.executors import SingleThreadedExecutor
from rclpy.node import Node
from std_srvs.srv import Trigger

from astro_nav_ros import qos

#: s given to a stack to start; to whatever takes no time but that of a busy machine; and to a node for an answer, before it is asked again
STARTING, PATIENCE, ASKED_AGAIN = 120.0, 60.0, 2.0
#: services that must not be asked twice, and what is asked beside them to find out whether a node knows this client
COMMANDS = {"manage_nodes": (Trigger, "is_active"), "change_state": (GetState, "get_state")}
#: what each of the three planners stands in for
PLANNERS = ("bt_navigator", "controller_server", "collision_monitor")


class Client:
    """What a second terminal could do."""

    def __init__(self) -> None:
        self.node = Node("second_terminal")
        self._executor = SingleThreadedExecutor()
        self._executor.add_node(self.node)
        self.navigate = ActionClient(self.node, NavigateToPose, "navigate_to_pose")
        self._follow = ActionClient(self.node, FollowPath, "follow_path")
        self._actions: dict[str, ActionClient] = {}  # those whose servers know this client
        self._services: dict[str, Any] = {}
        self._latched: dict[str, Any] = {}
        self.pose = (math.nan, math.nan, math.nan)
        self.speed = 0.0
        self.node.create_subscription(Odometry, "/ground_truth/odom", self._take_truth, 10)

    def close(self) -> None:
        """Take back all that tests have published with it."""
        self._executor.shutdown()
        self.node.destroy_node()

    def until(self, done: Callable[[], Any], what: str, patience: float = PATIENCE) -> None:
        """Spin until `done()`, at most `patience` s."""
        end = time.monotonic() + patience
        while not done():
            assert time.monotonic() < end, f"waited {patience:g} s in vain for {what}"
            self._executor.spin_once(0.05)

    def until_ready(self) -> None:
        """Wait for the whole stack to listen and to see; compiling its kernels for the first time takes most of it."""
        seen: list[int] = []
        state = self.node.create_subscription(GuardState, "/guard/state", lambda m: seen.append(m.code), 10)
        self.until(
            lambda: (
                self.navigate.server_is_ready()
                and self._follow.server_is_ready()
                and math.isfinite(self.pose[0])
                and seen
                and seen[-1] in (GuardState.OK, GuardState.IDLE)
            ),
            "the stack",
            STARTING,
        )
        self.node.destroy_subscription(state)
        for name in PLANNERS:
            self.until_active(name)
        self._meet_action("navigate_to_pose")
        self.spin(1.0)  # the transforms and the map

    def until_active(self, name: str) -> None:
        """Ask a node for its state until it is active, as Nav2's clients do."""
        self.until(lambda: self.state(name) == "active", f"{name} to be active", STARTING)

    def state(self, name: str) -> str:
        """What a node says about its state."""
        return str(self.call(GetState, f"{name}/get_state", GetState.Request(), STARTING).current_state.label)

    def spin(self, duration: float) -> None:
        """Spin for some time, s."""
        end = time.monotonic() + duration
        while time.monotonic() < end:
            self._executor.spin_once(0.05)

    def send(self, goal: PoseStamped) -> Any:
        """A goal's handle, accepted."""
        sent = self.navigate.send_goal_async(NavigateToPose.Goal(pose=goal))
        self.until(sent.done, "the goal's acceptance")
        assert sent.result().accepted
        return sent.result()

    def carry_out(self, kind: Any, name: str, goal: Any, patience: float = PATIENCE) -> tuple[Any, list[Any]]:
        """Status and result of a goal of any action, and all feedback."""
        handle, heard = self.begin(kind, name, goal)
        return self.result(handle, patience), heard

    def begin(self, kind: Any, name: str, goal: Any) -> tuple[Any, list[Any]]:
        """A goal of any action, accepted, and the list that its feedback comes into."""
        if name not in self._actions:
            self._actions[name] = ActionClient(self.node, kind, name)
            self.until(self._actions[name].server_is_ready, name)
            self._meet_action(name)
        heard: list[Any] = []
        sent = self._actions[name].send_goal_async(goal, feedback_callback=lambda m: heard.append(m.feedback))
        self.until(sent.done, f"{name} to accept the goal")
        assert sent.result().accepted
        return sent.result(), heard

    def result(self, handle: Any, patience: float = PATIENCE) -> Any:
        """A goal's result, with its status."""
        got = handle.get_result_async()
        self.until(got.done, "the goal's result", patience)
        return got.result()

    def call(self, kind: Any, name: str, request: Any, patience: float = PATIENCE) -> Any:
        """The answer of a service; asked for again if none comes, unless that would do something twice."""
        folder, _, last = name.rpartition("/")
        is_new = name not in self._services
        if is_new:
            self._services[name] = self.node.create_client(kind, name)
        service = self._services[name]
        if last not in COMMANDS:
            return self._ask(service, request, patience, name)
        if is_new:
            self._meet(COMMANDS[last][0], f"{folder}/{COMMANDS[last][1]}")
        answer = service.call_async(request)
        self.until(answer.done, f"the answer of {name}", patience)
        return answer.result()

    def _meet_action(self, name: str) -> None:
        nobody = CancelGoal.Request()
        nobody.goal_info.goal_id.uuid = np.full(16, 1, np.uint8)
        self._meet(CancelGoal, f"{name}/_action/cancel_goal", nobody)

    def _meet(self, kind: Any, name: str, request: Any = None) -> None:
        """Wait until a node knows all that was made here so far: it answers what is made now, and an answer that is sent before is lost."""
        service = self.node.create_client(kind, name)
        self._ask(service, request or kind.Request(), STARTING, name)
        self.node.destroy_client(service)

    def _ask(self, service: Any, request: Any, patience: float, name: str) -> Any:
        asked: list[Any] = []
        again = -math.inf

        def is_answered() -> bool:
            nonlocal again
            if time.monotonic() >= again and service.service_is_ready():
                asked.append(service.call_async(request))
                again = time.monotonic() + ASKED_AGAIN
            return any(answer.done() for answer in asked)

        self.until(is_answered, f"the answer of {name}", patience)
        return next(answer.result() for answer in asked if answer.done())

    def latch(self, topic: str, message: Any) -> None:
        """Publish as maps are: whoever comes later gets it too, and nothing that was latched there before."""
        if topic not in self._latched:
            self._latched[topic] = self.node.create_publisher(type(message), topic, qos.LATCHED)
        self._latched[topic].publish(message)

    def _take_truth(self, message: Odometry) -> None:
        position, orientation = message.pose.pose.position, message.pose.pose.orientation
        self.pose = (position.x, position.y, 2.0 * math.atan2(orientation.z, orientation.w))
        self.speed = abs(message.twist.twist.linear.x) + 0.2 * abs(message.twist.twist.angular.z)


def pose_stamped(x: float, y: float, yaw: float = 0.0, frame: str = "map") -> PoseStamped:
    """A goal."""
    pose = PoseStamped()
    pose.header.frame_id = frame
    pose.pose.position.x, pose.pose.position.y = x, y
    pose.pose.orientation.z, pose.pose.orientation.w = math.sin(0.5 * yaw), math.cos(0.5 * yaw)
    return pose
