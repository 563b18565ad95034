"""Goals to drive to: the actions `navigate_to_pose`, `navigate_through_poses` and `follow_waypoints`, and the topic `goal_pose`."""

from __future__ import annotations

from typing import Any

from geometry_msgs.msg import PoseStamped
from nav2_msgs.action import FollowWaypoints, NavigateThroughPoses, NavigateToPose
from rclpy.action.server import ServerGoalHandle

from astro_nav_global.servers.driver import Driver
from astro_nav_global.servers.errands import AllWaypoints, Errand, Through, ToPose
from astro_nav_ros import qos
from astro_nav_ros.actions import GoalServer
from astro_nav_ros.goal_client import GoalClient
from astro_nav_ros.runtime import ManagedNode


class NavigationServers:
    """The robot goes one way at a time: the newest goal of any of them counts."""

    def __init__(self, node: ManagedNode, driver: Driver, rate_hz: float) -> None:
        """Serve."""
        self._node, self._driver = node, driver
        for kind, name, errand in (
            (NavigateToPose, "navigate_to_pose", ToPose),
            (NavigateThroughPoses, "navigate_through_poses", Through),
            (FollowWaypoints, "follow_waypoints", AllWaypoints),
        ):
            self._serve(kind, name, errand)
        self._own = GoalClient(node, NavigateToPose, "navigate_to_pose")
        node.create_subscription(PoseStamped, "goal_pose", self._take_goal_pose, qos.DEFAULT)
        self._wanted: PoseStamped | None = None  # the newest goal_pose: of a flood of them one a tick is driven to
        node.every(1.0 / rate_hz, self._tick)

    def _serve(self, kind: Any, name: str, make: Any) -> None:
        def errand(goal: ServerGoalHandle) -> Errand:
            made: Errand = make(server, goal)
            return made

        server = GoalServer(
            self._node, kind, name, lambda goal: self._driver.take(errand(goal)),
            complaint=lambda goal: self._driver.complaint(errand(goal)),
        )  # fmt: skip

    def _take_goal_pose(self, pose: PoseStamped) -> None:
        self._wanted = pose

    def _tick(self) -> None:
        now = self._node.now()
        if self._wanted is not None:
            self._own.send(NavigateToPose.Goal(pose=self._wanted), now)
            self._wanted = None
        self._own.insist(now)
