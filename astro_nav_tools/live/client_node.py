"""What a second terminal sees of a running stack, and the goals it sends."""

from __future__ import annotations

import math
import time
from collections import deque
from typing import Any, NamedTuple

from action_msgs.msg import GoalStatus
from astro_nav_msgs.msg import ContactReport, GuardState
from diagnostic_msgs.msg import DiagnosticArray
from geometry_msgs.msg import Twist
from nav2_msgs.action import NavigateToPose
from nav_msgs.msg import Odometry
from rclpy.action import ActionClient
from rclpy.node import Node

from astro_nav_common.conventions import MAP_FRAME
from astro_nav_common.types import Pose
from astro_nav_ros import qos
from astro_nav_ros.conversions import pose_stamped, seconds
from astro_nav_tools.live.truth import Truth

#: samples of truth kept: two minutes
_KEPT = 6000
#: s after which a goal that was not answered is taken for lost
_ANSWER_PATIENCE = 3.0


class Said(NamedTuple):
    """A state of the guard, or a warning among the diagnostics: when (wall clock, s), by whom, code, words."""

    wall: float
    who: str
    code: int
    words: str


class Ended(NamedTuple):
    """How a goal ended."""

    reached: bool
    code: int
    message: str


class Client(Node):
    """Watches truth, contacts, guard and diagnostics; drives to one goal at a time."""

    def __init__(self) -> None:
        """Subscribe; nothing need be there yet."""
        super().__init__("second_terminal")
        self.truth: deque[Truth] = deque(maxlen=_KEPT)
        self.contacts = 0
        self.touched = ""
        #: how many contacts earlier lives of the simulator have seen
        self._contacts_before = 0
        self.guard = Said(0.0, "", GuardState.STALE_PLAN, "")
        #: changes of the guard's code, and warnings of the nodes
        self.said: list[Said] = []
        #: newest diagnostics of each node
        self.health: dict[str, dict[str, str]] = {}
        #: what each says of itself, newest
        self.words: dict[str, str] = {}
        #: (wall clock s, v m/s, w rad/s) of what was sent to the base
        self.commands: deque[tuple[float, float, float]] = deque(maxlen=_KEPT)
        self.goals_sent = 0
        self.ended: Ended | None = None
        self._turn = 0
        self._under_way, self._answered, self._sent = False, False, 0.0
        self._navigate = ActionClient(self, NavigateToPose, "navigate_to_pose")
        self.create_subscription(Odometry, "ground_truth/odom", self._take_truth, qos.DEFAULT)
        self.create_subscription(ContactReport, "ground_truth/contacts", self._take_contacts, qos.LATCHED)
        self.create_subscription(GuardState, "guard/state", self._take_guard, qos.DEFAULT)
        self.create_subscription(DiagnosticArray, "diagnostics", self._take_diagnostics, qos.DEFAULT)
        self.create_subscription(Twist, "cmd_vel", self._take_command, qos.DEFAULT)

    @property
    def now(self) -> Truth:
        """The newest truth; NaN before the first."""
        return self.truth[-1] if self.truth else Truth(*([math.nan] * len(Truth._fields)))

    @property
    def is_ready(self) -> bool:
        """True if there is a robot, a guard that has all it needs, and a navigator."""
        # what has told of itself has been set up
        told = {"global_planner", "local_planner", "reactive_guard"} <= self.health.keys()
        served = self._navigate.server_is_ready()
        return told and served and bool(self.truth) and self.guard.code in (GuardState.OK, GuardState.IDLE)

    @property
    def has_goal(self) -> bool:
        """True while a goal is under way, as far as is known here; not if its sending was not answered in time."""
        if self._under_way and not self._answered and time.monotonic() - self._sent > _ANSWER_PATIENCE:
            self._finish(self._turn, Ended(False, 0, "no answer"))
        return self._under_way

    def go(self, pose: Pose) -> None:
        """Send a goal; what becomes of an older one is ignored from now on."""
        self._turn += 1
        turn, self._under_way, self.ended = self._turn, True, None
        self._answered, self._sent = False, time.monotonic()
        self.goals_sent += 1
        sent = self._navigate.send_goal_async(NavigateToPose.Goal(pose=pose_stamped(pose, MAP_FRAME, 0.0)))
        sent.add_done_callback(lambda done: self._accepted(turn, done.result()))

    def forget_goal(self) -> None:
        """Whoever had the goal is gone."""
        self._turn += 1
        self._under_way = False

    def _accepted(self, turn: int, handle: Any) -> None:
        if turn == self._turn:
            self._answered = True
        if not handle.accepted:
            self._finish(turn, Ended(False, 0, "rejected"))
            return
        handle.get_result_async().add_done_callback(lambda done: self._ended(turn, done.result()))

    def _ended(self, turn: int, answer: Any) -> None:
        reached = answer.status == GoalStatus.STATUS_SUCCEEDED
        self._finish(turn, Ended(reached, answer.result.error_code, answer.result.error_msg))

    def _finish(self, turn: int, ended: Ended) -> None:
        if turn == self._turn:
            self._under_way, self.ended = False, ended

    def _take_truth(self, message: Odometry) -> None:
        pose, twist = message.pose.pose, message.twist.twist
        yaw = 2.0 * math.atan2(pose.orientation.z, pose.orientation.w)
        row = Truth(
            seconds(message.header.stamp), pose.position.x, pose.position.y, yaw, twist.linear.x, twist.angular.z
        )
        if self.truth and row.t < self.truth[-1].t:
            self.truth.clear()  # another life of the simulator
        self.truth.append(row)

    def _take_contacts(self, message: ContactReport) -> None:
        if message.total < self.contacts - self._contacts_before:
            self._contacts_before = self.contacts
        self.contacts = self._contacts_before + message.total
        self.touched = message.other

    def _take_guard(self, message: GuardState) -> None:
        said = Said(time.monotonic(), "reactive_guard", message.code, message.reason)
        if said.code != self.guard.code:
            self.said.append(said)
        self.guard = said

    def _take_diagnostics(self, message: DiagnosticArray) -> None:
        for status in message.status:
            stamp = {"stamp": str(seconds(message.header.stamp))}
            self.health[status.name] = stamp | {item.key: item.value for item in status.values}
            self.words[status.name] = status.message
            level = int.from_bytes(status.level, "little")
            if level > 0:
                self.said.append(Said(time.monotonic(), status.name, level, status.message))

    def _take_command(self, message: Twist) -> None:
        self.commands.append((time.monotonic(), message.linear.x, message.angular.z))
