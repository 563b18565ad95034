"""Planner and navigator in a thread of their own, and the frame they plan in.

They belong to one worker thread: whatever touches them is queued there in order, and what comes of it returns to the node's own
thread. So a search of a second on a huge map delays neither cancels nor callbacks.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from typing import Any

from geometry_msgs.msg import PoseStamped

from astro_nav_common.errors import AstroNavError
from astro_nav_common.geometry import compose
from astro_nav_common.grid import Grid
from astro_nav_common.robot import RobotParams
from astro_nav_common.types import Pose
from astro_nav_global.memory_store import MemoryStore
from astro_nav_global.navigator import Navigator
from astro_nav_global.params import GlobalParams, NavigatorParams
from astro_nav_global.passages import Passage
from astro_nav_global.planner import GlobalPlanner
from astro_nav_ros.conversions import pose_of
from astro_nav_ros.node_params import GlobalNodeParams
from astro_nav_ros.runtime import ManagedNode
from astro_nav_ros.transforms import TransformError, Transforms
from astro_nav_ros.worker import Worker

#: s after its start in which a node may not have discovered all others, nor have heard what they published
NEW = 10.0


class Planning:
    """What all parts of the node share. `planner` and `navigator` must only be touched by jobs given to `submit`."""

    def __init__(self, node: ManagedNode, robot: RobotParams, store: MemoryStore, passages: Sequence[Passage]) -> None:
        """Build both; listen to transforms. Args: store: keeps the navigability memory. passages: those that have names."""
        self._node, self._passages = node, passages
        self.params = node.parameters.get(GlobalNodeParams)
        #: planned in: odom, or the map's frame once there is a map
        self.frame = self.params.odom_frame
        self.transforms = Transforms(node)
        self._maps_heard, self._map_has_come, self._started = 0, False, time.monotonic()
        self._worker = Worker(node, "planning")
        self._listeners: list[Callable[[], None]] = []
        self.planner = GlobalPlanner(node.parameters.get(GlobalParams), robot, store)
        self.navigator = Navigator(node.parameters.get(NavigatorParams), self.planner)
        node.parameters.on_change(self._parameters_changed)

    def on_change(self, listener: Callable[[], None]) -> None:
        """Call `listener` whenever frame or parameters are others: what was begun must be begun anew."""
        self._listeners.append(listener)

    def submit(self, job: Callable[[], Any], then: Callable[[Future[Any]], None] | None = None) -> None:
        """Run `job` in the worker thread, then `then` with its future, done, in the node's; without it errors are logged."""
        self._worker.submit(job, then or self._log_problem)

    def submit_in(self, frame: str, job: Callable[[], Any], then: Callable[[Future[Any]], None] | None = None) -> None:
        """As `submit`, for a job with poses in `frame`, which is to be read before they are transformed.

        A map that comes in between may bring another frame: then the job ends with TransformError instead.
        """

        def checked() -> Any:
            if self.frame != frame:
                raise TransformError(f"a map has come, planned in is '{self.frame}' and no longer '{frame}': ask again")
            return job()

        self.submit(checked, then)

    def stop(self) -> None:
        """Let no thread survive, and nothing that is to be remembered be lost."""
        self._worker.stop()
        self.planner.save()

    def set_map(self, grid: Grid, frame: str) -> None:
        """A new map: planned on from now on, in its frame; what is under way in that frame goes on.

        Where maps come faster than they can be taken, some are left out.
        """
        self._maps_heard += 1
        number = self._maps_heard

        def take() -> bool:
            """True if the frame is another one; it changes here, so that no later job takes the old one for the map's."""
            if number != self._maps_heard:
                return False
            self.planner.set_map(grid, self._passages)
            before, self.frame = self.frame, frame or self.params.global_frame
            return self.frame != before

        def taken(done: Future[Any]) -> None:
            self._map_has_come = True
            error = problem(done)
            if error is not None:
                self._node.get_logger().error(f"map dropped: {error}")
                return
            memory = self.planner.memory
            if memory is not None and memory.ignored:
                self._node.get_logger().warning(f"passages off the map are ignored: {', '.join(memory.ignored)}")
            if done.result():
                self._tell()

        self.submit(take, taken)

    def pose_in_frame(self, pose: PoseStamped, what: str) -> Pose:
        """A pose of a request in the frame planned in. Raises InputError, or TransformError, also while the map is yet to come."""
        planar = pose_of(pose.pose, what)
        self._check_map()
        return compose(self.transforms.lookup(self.frame, pose.header.frame_id), planar)

    def robot_pose(self) -> Pose:
        """The newest there is, in the frame planned in. Raises TransformError, also if it is old or the map is yet to come."""
        self._check_map()
        since = self._node.now() - self.params.transform_timeout
        return self.transforms.lookup(self.frame, self.params.robot_base_frame, since=since)

    @property
    def is_new(self) -> bool:
        """True so soon after the start that not all who send something may have been heard."""
        return time.monotonic() - self._started < NEW

    @property
    def map_may_come(self) -> bool:
        """True while there is no map, and it is not known that there is none: whoever asks shall not be sent through what it shows."""
        return self.is_new and not self._map_has_come

    def _check_map(self) -> None:
        if self.map_may_come:
            raise TransformError("the planner has just started, and the map has not come yet")

    def _parameters_changed(self) -> None:
        """Planner and navigator with the new values."""
        params = self._node.parameters

        def retune() -> None:
            self.planner.retune(params.get(GlobalParams))
            self.navigator = Navigator(params.get(NavigatorParams), self.planner)

        def retuned(done: Future[Any]) -> None:
            self._log_problem(done)
            self._tell()

        self.submit(retune, retuned)

    def _tell(self) -> None:
        for listener in self._listeners:
            listener()

    def _log_problem(self, done: Future[Any]) -> None:
        error = problem(done)
        if error is not None:
            self._node.get_logger().error(str(error))


def problem(done: Future[Any]) -> AstroNavError | None:
    """What a job has to complain about, if anything; a defect is raised instead."""
    error = done.exception()
    if error is not None and not isinstance(error, AstroNavError):
        raise error
    return error
