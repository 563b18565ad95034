"""The state of one follow_path goal, free of ROS: its path, where it stands, and why it has to end."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from astro_nav_common.geometry import compose, transform_points
from astro_nav_common.types import Guidance, Pose
from astro_nav_local.local_plan import PlanStatus
from astro_nav_local.progress import ProgressChecker

#: error codes of nav2_msgs/FollowPath
TF_ERROR, PATIENCE_EXCEEDED, FAILED_TO_MAKE_PROGRESS, NO_VALID_CONTROL = 102, 104, 105, 106


class Ending(NamedTuple):
    """code 0: arrived."""

    code: int
    message: str


class PathTask:
    """One path to follow. Its points are kept in the frame they came in; the map may move in odom as localisation corrects itself."""

    def __init__(
        self, points_path: np.ndarray, path_id: int, progress: ProgressChecker, blocked_patience: float
    ) -> None:
        """Args: points_path: (N, 3) x, y, yaw in the path's frame. blocked_patience: s."""
        self._points, self._path_id = points_path, path_id
        self._progress, self._blocked_patience = progress, blocked_patience
        self._blocked_since = math.inf

    def guidance(self, frame_odom: Pose) -> Guidance:
        """The path in odom, given the pose of its frame there."""
        x, y, yaw = self._points[-1].tolist()
        return Guidance(
            transform_points(frame_odom, self._points[:, :2]),
            compose(frame_odom, Pose(x, y, yaw)),
            path_id=self._path_id,
        )

    def ending(self, now: float, status: PlanStatus, pose_odom: Pose) -> Ending | None:
        """Why the goal is over after a cycle, if it is."""
        if status.reached:
            return Ending(0, "")
        self._blocked_since = min(self._blocked_since, now) if status.blocked else math.inf
        if now - self._blocked_since > self._blocked_patience:
            return Ending(
                NO_VALID_CONTROL, f"the path has been blocked for {now - self._blocked_since:.1f} s: {status.reason}"
            )
        if self._progress.is_stuck(now, pose_odom):
            return Ending(
                FAILED_TO_MAKE_PROGRESS, f"no progress for too long, {status.distance_to_goal:.2f} m from the goal"
            )
        return None
