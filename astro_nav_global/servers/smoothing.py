"""The action `smooth_path`."""

from __future__ import annotations

import time
from concurrent.futures import Future
from typing import Any

import numpy as np
from nav2_msgs.action import SmoothPath
from rclpy.action.server import ServerGoalHandle
from rclpy.publisher import Publisher

from astro_nav_common.errors import AstroNavError, InputError, PlanningError
from astro_nav_common.geometry import transform_points
from astro_nav_global.params import GlobalParams
from astro_nav_global.rounding import round_off
from astro_nav_global.servers.planning import Planning, problem
from astro_nav_ros.actions import GoalServer
from astro_nav_ros.conversions import duration, path_message, path_of, seconds
from astro_nav_ros.runtime import ManagedNode
from astro_nav_ros.transforms import TransformError

#: error codes of nav2_msgs/SmoothPath
UNKNOWN, INVALID_SMOOTHER, TIMEOUT, IN_COLLISION, INVALID_PATH = 500, 501, 502, 503, 505
#: names under which clients ask for the one smoother there is
SMOOTHER_IDS = ("", "simple_smoother", "SmoothPath")


class SmoothServer:
    """Rounds paths off, in whatever frame they are."""

    def __init__(self, node: ManagedNode, planning: Planning, shown: Publisher) -> None:
        """Serve. Args: shown: of nav_msgs/Path."""
        self._node, self._planning, self._shown = node, planning, shown
        self._server = GoalServer(node, SmoothPath, "smooth_path", self._begin, answers=True)

    def _begin(self, goal: ServerGoalHandle) -> None:
        request, planning, now = goal.request, self._planning, self._node.now()
        if request.smoother_id not in SMOOTHER_IDS:
            sentence = f"there is no smoother '{request.smoother_id}', only '{SMOOTHER_IDS[1]}'"
            self._server.abort(goal, INVALID_SMOOTHER, sentence)
            return
        frame, planned_in = request.path.header.frame_id, planning.frame
        try:
            points = path_of(request.path, "the path")
            frame_map = planning.transforms.lookup(planned_in, frame) if request.check_for_collisions else None
        except AstroNavError as error:
            code = INVALID_PATH if isinstance(error, InputError) else UNKNOWN
            self._server.abort(goal, code, str(error))
            return
        length = self._node.parameters.get(GlobalParams).rounding_length
        began, allowed = time.perf_counter(), seconds(request.max_smoothing_duration)

        def invalid(some: np.ndarray) -> np.ndarray:
            assert frame_map is not None
            return planning.planner.invalid_points(transform_points(frame_map, some[:, :2]), now)

        def smooth() -> np.ndarray | None:
            if not goal.is_active:
                return None  # as in `smoothed`
            check = invalid if request.check_for_collisions else None
            return round_off(points, length, check, lambda: time.perf_counter() - began > allowed)

        def smoothed(done: Future[Any]) -> None:
            if not goal.is_active:
                return  # a newer goal has ended it
            error = problem(done)
            if error is not None:
                late = isinstance(error, PlanningError) and error.code == PlanningError.TIMEOUT
                code = TIMEOUT if late else UNKNOWN if isinstance(error, TransformError) else IN_COLLISION
                self._server.abort(goal, code, str(error))
                return
            path = path_message(done.result(), frame, now)
            self._shown.publish(path)
            took = duration(time.perf_counter() - began)
            self._server.succeed(goal, SmoothPath.Result(path=path, smoothing_duration=took, was_completed=True))

        if request.check_for_collisions:
            planning.submit_in(planned_in, smooth, smoothed)
        else:
            planning.submit(smooth, smoothed)
