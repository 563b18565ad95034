"""The demo's own ROS node: sends the goals of the tour to navigate_to_pose, and watches."""

from __future__ import annotations

import math
import os
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import rclpy
from action_msgs.msg import GoalStatus
from astro_nav_msgs.msg import ContactReport, GuardState
from geometry_msgs.msg import PoseStamped
from nav2_msgs.action import NavigateToPose
from nav_msgs.msg import Odometry
from rclpy.action import ActionClient
from rclpy.executors import SingleThreadedExecutor
from rclpy.node import Node
from rclpy.signals import SignalHandlerOptions
from rclpy.task import Future

from astro_nav_common.conventions import MAP_FRAME
from astro_nav_common.types import Pose
from astro_nav_ros import qos
from astro_nav_ros.conversions import quaternion, seconds
from astro_nav_tools.demo.legs import Leg, Outlook
from astro_nav_tools.demo.session import SessionError

#: s (wall) between looks at how things stand
POLL = 0.05
#: s (wall) to discover who else is in a domain
DISCOVERY = 1.5
#: s (wall) in which a goal that was rejected is sent again: right after the start the robot's pose may not be known yet
REJECTION_PATIENCE = 10.0


@contextmanager
def ros_client() -> Iterator[TourClient]:
    """A client, as long as the context lasts. Ctrl-C stays an exception of Python's."""
    rclpy.init(signal_handler_options=SignalHandlerOptions.NO)
    client = TourClient()
    try:
        yield client
    finally:
        client.destroy_node()
        rclpy.try_shutdown()


class TourClient(Node):
    """Drives the tour; one instance a demo."""

    def __init__(self) -> None:
        """Subscribe; nothing need be there yet."""
        super().__init__("demo")
        self.outlook = Outlook()
        #: called all the time; may raise when it is no use to wait any longer
        self.watch: Callable[[], None] = lambda: None
        self._heard_truth = self._stack_is_ready = False
        self._action = ActionClient(self, NavigateToPose, "navigate_to_pose")
        self.create_subscription(Odometry, "ground_truth/odom", self._take_truth, qos.NEWEST)
        self.create_subscription(GuardState, "guard/state", self._take_guard_state, qos.NEWEST)
        self.create_subscription(ContactReport, "ground_truth/contacts", self._take_contacts, qos.LATCHED)
        self._executor = SingleThreadedExecutor()
        self._executor.add_node(self)

    def wait_until_ready(self, timeout: float) -> None:
        """Wait for robot, local layers and navigator, s (wall). Raises SessionError."""
        if not self._spin_until(lambda: not self._missing(), timeout):
            raise SessionError(f"{self._missing()} did not appear within {timeout:g} s")

    def refuse_others(self, names: Sequence[str]) -> None:
        """Raise SessionError if nodes of these names are in the domain already: their commands would mix with ours."""
        self._spin_until(lambda: False, DISCOVERY)
        present = sorted(set(self.get_node_names()) & set(names))
        if present:
            domain = os.environ.get("ROS_DOMAIN_ID", "0")
            raise SessionError(
                f"ROS domain {domain} is in use by: {', '.join(present)}; end them, or unset ROS_DOMAIN_ID"
            )

    def drive_to(self, name: str, pose: Pose, timeout: float, show: Callable[[Outlook], None]) -> Leg:
        """Send a goal and wait for its result, at most `timeout` s (wall); `show` is called again and again."""
        self.outlook.remaining, self.outlook.recoveries = math.nan, 0
        handle = self._send(pose)
        start = self.outlook.time
        if handle is None:
            return Leg(name, False, 0, "the navigator rejects the goal", start, self.outlook.time, 0)
        result: Future[Any] = handle.get_result_async()

        def done() -> bool:
            show(self.outlook)
            return bool(result.done())

        if not self._spin_until(done, timeout):
            self._spin_until(handle.cancel_goal_async().done, 2.0)
            return Leg(
                name, False, 0, f"no result within {timeout:g} s", start, self.outlook.time, self.outlook.recoveries
            )
        answer = result.result()
        reached = answer.status == GoalStatus.STATUS_SUCCEEDED
        end, recoveries = self.outlook.time, self.outlook.recoveries
        return Leg(name, reached, answer.result.error_code, answer.result.error_msg, start, end, recoveries)

    def _missing(self) -> str:
        """What is not there yet; empty if nothing."""
        if not self._heard_truth:
            return "the simulated robot"
        if not self._stack_is_ready:
            return "a guard with fresh scans, odometry and plans"
        if self.count_subscribers("ground_truth/odom") < 2 or self.count_subscribers("trajectory") < 2:
            return "a recorder beside those who need the truth (this node) and the plans (the guard)"
        return "" if self._action.server_is_ready() else "the navigator's action navigate_to_pose"

    def _send(self, pose: Pose) -> Any:
        """The goal's handle once it is accepted; None if it is rejected for good."""
        goal = NavigateToPose.Goal(pose=PoseStamped())
        goal.pose.header.frame_id = MAP_FRAME
        goal.pose.pose.position.x, goal.pose.pose.position.y = float(pose.x), float(pose.y)
        goal.pose.pose.orientation = quaternion(pose.yaw)
        end = time.monotonic() + REJECTION_PATIENCE
        while time.monotonic() < end:
            sending = self._action.send_goal_async(goal, feedback_callback=self._take_feedback)
            if not self._spin_until(sending.done, REJECTION_PATIENCE):
                return None
            if sending.result().accepted:
                return sending.result()
            self._spin_until(lambda: False, 0.5)
        return None

    def _spin_until(self, done: Callable[[], bool], timeout: float) -> bool:
        end = time.monotonic() + timeout
        while not done():
            if time.monotonic() > end or not rclpy.ok():
                return False
            self.watch()
            self._executor.spin_once(POLL)
        return True

    def _take_truth(self, message: Odometry) -> None:
        self._heard_truth = True
        self.outlook.time = seconds(message.header.stamp)
        self.outlook.speed = math.hypot(message.twist.twist.linear.x, message.twist.twist.linear.y)

    def _take_guard_state(self, message: GuardState) -> None:
        # anything else says that scans, odometry or plans are missing or old
        self._stack_is_ready = self._stack_is_ready or message.code in (GuardState.OK, GuardState.IDLE)

    def _take_contacts(self, message: ContactReport) -> None:
        self.outlook.collisions = message.total

    def _take_feedback(self, message: Any) -> None:
        self.outlook.remaining = message.feedback.distance_remaining
        self.outlook.recoveries = message.feedback.number_of_recoveries
