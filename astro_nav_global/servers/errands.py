"""The three actions that drive, each in terms of its messages: what poses it asks for, and what it says on the way and at the end."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import Any

from geometry_msgs.msg import PoseStamped
from nav2_msgs.action import FollowWaypoints, NavigateThroughPoses, NavigateToPose
from nav2_msgs.msg import MissedWaypoint
from rclpy.action.server import ServerGoalHandle

from astro_nav_common.types import Pose
from astro_nav_global.navigation import Action, Drive
from astro_nav_global.navigator import PLANNING
from astro_nav_global.params import NavigatorParams
from astro_nav_global.servers.planning import Planning
from astro_nav_global.through_poses import ThroughPoses
from astro_nav_global.waypoints import UNKNOWN, Waypoints
from astro_nav_ros.actions import GoalServer
from astro_nav_ros.conversions import duration

#: error codes of nav2_msgs/ComputePathThroughPoses: as PLANNING for ComputePathToPose
THROUGH_POSES, NO_VIAPOINTS_GIVEN = 300, 309


class Errand(ABC):
    """One goal. `drive` is made anew, from where it stands, when frame, map or parameters become others."""

    def __init__(self, server: GoalServer, goal: ServerGoalHandle, poses: Sequence[PoseStamped]) -> None:
        """Args: poses: to be driven to."""
        self.server, self.goal, self.poses = server, goal, list(poses)
        self.drive: Drive | None = None

    @property
    def complaint(self) -> tuple[int, str] | None:
        """Code and sentence if the request is none."""
        return None

    @abstractmethod
    def begin(self, params: NavigatorParams, planning: Planning, goals: list[Pose], now: float) -> None:
        """Make `drive`; in the planning thread. Args: goals: the poses in the frame planned in."""

    @abstractmethod
    def feedback(self, action: Action, pose: PoseStamped) -> Any:
        """The action's feedback. Args: pose: of the robot."""

    def code(self, code: int) -> int:
        """The action's own error code. Args: code: of ComputePathToPose or FollowPath, not 0; both are navigate_to_pose's, too."""
        return code

    def result(self) -> Any:
        """The action's result, without code and sentence."""
        return self.server.action_type.Result()


class ToPose(Errand):
    """navigate_to_pose."""

    def __init__(self, server: GoalServer, goal: ServerGoalHandle) -> None:
        super().__init__(server, goal, [goal.request.pose])

    def begin(self, params: NavigatorParams, planning: Planning, goals: list[Pose], now: float) -> None:
        """The navigator itself does it."""
        planning.navigator.start(goals[0], now)
        self.drive = planning.navigator

    def feedback(self, action: Action, pose: PoseStamped) -> NavigateToPose.Feedback:
        """All of it."""
        return NavigateToPose.Feedback(**_progress(action, pose))


class Through(Errand):
    """navigate_through_poses."""

    def __init__(self, server: GoalServer, goal: ServerGoalHandle) -> None:
        super().__init__(server, goal, goal.request.poses)

    @property
    def complaint(self) -> tuple[int, str] | None:
        """It needs poses."""
        return None if self.poses else (NO_VIAPOINTS_GIVEN, "navigate_through_poses needs at least one pose")

    def code(self, code: int) -> int:
        """Those of ComputePathToPose are those of ComputePathThroughPoses."""
        return code + THROUGH_POSES - PLANNING if PLANNING <= code < THROUGH_POSES else code

    def begin(self, params: NavigatorParams, planning: Planning, goals: list[Pose], now: float) -> None:
        """Poses that have been passed are not driven to again."""
        first = self.drive.index if self.drive else 0
        self.drive = ThroughPoses(params, planning.navigator, planning.planner, goals, now, first)

    def feedback(self, action: Action, pose: PoseStamped) -> NavigateThroughPoses.Feedback:
        """All of it; the pose being driven to remains until it is passed."""
        assert self.drive is not None
        remaining = len(self.poses) - self.drive.index
        return NavigateThroughPoses.Feedback(number_of_poses_remaining=remaining, **_progress(action, pose))


class AllWaypoints(Errand):
    """follow_waypoints."""

    def __init__(self, server: GoalServer, goal: ServerGoalHandle) -> None:
        super().__init__(server, goal, goal.request.poses)

    @property
    def complaint(self) -> tuple[int, str] | None:
        """It needs waypoints, and one to begin with."""
        count, index = len(self.poses), self.goal.request.goal_index
        if not count:
            return UNKNOWN, "follow_waypoints needs at least one waypoint"
        return (UNKNOWN, f"goal_index = {index}, but there are {count} waypoints") if index >= count else None

    def code(self, code: int) -> int:
        """It has no codes for why; those of its waypoints are in the result."""
        return UNKNOWN

    def begin(self, params: NavigatorParams, planning: Planning, goals: list[Pose], now: float) -> None:
        """Go on with the waypoint that was being driven to."""
        request, before = self.goal.request, self.drive
        if isinstance(before, Waypoints):
            state = (before.index, before.loops, before.missed)
        else:
            state = (request.goal_index, request.number_of_loops, [])
        self.drive = Waypoints(params, planning.navigator, goals, now, *state)

    def feedback(self, action: Action, pose: PoseStamped) -> FollowWaypoints.Feedback:
        """Which one."""
        assert self.drive is not None
        return FollowWaypoints.Feedback(current_waypoint=self.drive.index)

    def result(self) -> FollowWaypoints.Result:
        """With those that were missed, and why."""
        missed = self.drive.missed if isinstance(self.drive, Waypoints) else []
        return FollowWaypoints.Result(
            missed_waypoints=[
                MissedWaypoint(index=one.waypoint, goal=self.poses[one.waypoint], error_code=one.code) for one in missed
            ]
        )


def _progress(action: Action, pose: PoseStamped) -> dict[str, Any]:
    """Fields that the feedback of both kinds of navigation have."""
    feedback = action.feedback
    return {
        "current_pose": pose,
        "navigation_time": duration(feedback.navigation_time),
        "estimated_time_remaining": duration(feedback.time_remaining),
        "number_of_recoveries": int(feedback.recoveries),
        "distance_remaining": float(feedback.distance_remaining),
    }
