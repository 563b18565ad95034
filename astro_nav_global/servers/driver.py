"""Carries out one errand at a time, the newest: lets its drive look at how things stand, some times a second, and does what it says."""

from __future__ import annotations

from concurrent.futures import Future
from typing import Any

from nav2_msgs.action import FollowPath
from nav2_msgs.srv import ClearEntireCostmap
from rclpy.publisher import Publisher

from astro_nav_common.errors import AstroNavError
from astro_nav_common.types import Pose
from astro_nav_global.navigation import Action, LocalReport, Phase
from astro_nav_global.navigator import PLANNING
from astro_nav_global.params import NavigatorParams
from astro_nav_global.path import GlobalPath
from astro_nav_global.servers.errands import Errand
from astro_nav_global.servers.others import missing
from astro_nav_global.servers.planning import Planning, problem
from astro_nav_ros.conversions import path_message, pose_of, pose_stamped
from astro_nav_ros.goal_client import GoalClient
from astro_nav_ros.runtime import ManagedNode
from astro_nav_ros.transforms import TransformError

#: Nav2's code for poses that cannot be placed
TF_ERROR = 202
#: what `_path_sent` is when the next path must be sent whatever its id
NO_PATH = -1
#: s that another node may take to be there, or there again
RESTART_TIME = 20.0


class Driver:
    """The only one that sends `follow_path`."""

    def __init__(self, node: ManagedNode, planning: Planning, shown: Publisher) -> None:
        """Args: shown: of nav_msgs/Path, gets every path that is driven."""
        self._node, self._planning, self._shown = node, planning, shown
        self._errand: Errand | None = None
        self._is_aimed, self._frame = False, ""  # its poses could be transformed, and into what
        self._begun = self._pose_since = 0.0  # when the errand began, and when all transforms were last there, s
        self._turn, self._updating, self._path_sent, self._recoveries = 0, False, NO_PATH, 0
        self._follow = GoalClient(
            node, FollowPath, "follow_path", lively=True, server_patience=RESTART_TIME, on_result=self._tick
        )
        self._clear_local = node.create_client(ClearEntireCostmap, "local_costmap/clear_entirely_local_costmap")
        node.every(1.0 / planning.params.navigator_hz, self._tick)
        planning.on_change(self._restart)

    def stop(self) -> None:
        """Let no motion survive."""
        self._follow.cancel()

    # An errand begins.

    def complaint(self, errand: Errand) -> tuple[int, str] | None:
        """Code and sentence if an errand is none, or none that one under way should end for."""
        if errand.complaint is not None or self._errand is None:
            return errand.complaint
        try:
            for pose in errand.poses:
                pose_of(pose.pose, "the goal")
                if self._is_aimed:  # else transforms may yet come
                    self._planning.pose_in_frame(pose, "the goal")
        except AstroNavError as error:
            return errand.code(TF_ERROR), str(error)
        return None

    def take(self, errand: Errand) -> None:
        """Begin an errand; one under way, of whatever action, ends, and the robot drives on without a stop between them."""
        before = self._errand
        if before is not None and before.goal.is_active:
            sentence = f"a goal of '{errand.server.name}' has replaced this one"
            before.server.preempt(before.goal, sentence, before.result())
        self._errand = errand
        self._begin(errand)

    def _restart(self) -> None:
        if self._errand is not None:
            self._begin(self._errand)

    def _begin(self, errand: Errand) -> None:
        self._is_aimed, self._recoveries = False, 0
        self._begun = self._pose_since = self._node.now()
        self._turn += 1  # what the drive so far has yet to say counts no more
        self._aim(errand)
        if self._is_aimed:
            self._tick()  # a goal does not wait for the next look

    def _aim(self, errand: Errand) -> None:
        """Transform the poses and let the drive begin; wait a little for transforms and nodes that are not there yet."""
        planning, now, frame = self._planning, self._node.now(), self._planning.frame
        try:
            goals = [planning.pose_in_frame(pose, "the goal") for pose in errand.poses]
        except TransformError as error:
            if self._lacks_transforms(now) and not planning.map_may_come:
                self._end(errand, TF_ERROR, str(error))
            return
        except AstroNavError as error:
            self._end(errand, TF_ERROR, str(error))
            return
        absent = missing(self._node)
        if absent:  # a robot that nobody moves is not at rest on its way
            if now - self._begun > RESTART_TIME:
                self._end(errand, FollowPath.Result.UNKNOWN, absent)
            return
        self._is_aimed, self._frame, self._path_sent = True, frame, NO_PATH
        self._turn += 1
        params = self._node.parameters.get(NavigatorParams)

        def begin() -> None:
            if planning.frame == frame:  # else a map has just come with another one, and `_restart` comes next
                errand.begin(params, planning, goals, now)

        planning.submit(begin)

    def _lacks_transforms(self, now: float) -> bool:
        """Whether transforms have been missing for longer than they may, and their sender must have been discovered."""
        return now - self._pose_since > self._planning.params.transform_patience and not self._planning.is_new

    # It is under way.

    def _tick(self) -> None:
        """Have the drive look at how things stand, if it is not still at it."""
        now, errand = self._node.now(), self._errand
        self._follow.insist(now)
        if errand is None:
            return
        outcome = self._follow.outcome
        if not errand.goal.is_active:
            self._give_up()
        elif errand.goal.is_cancel_requested:
            self._give_up()
            errand.server.cancel(errand.goal, result=errand.result())
        elif not self._is_aimed:
            self._aim(errand)
        elif self._path_sent != NO_PATH and outcome is not None and outcome.replaced:
            self._end(errand, FollowPath.Result.UNKNOWN, f"the local planner has left the path: {outcome.message}")
        elif not self._updating:
            try:
                pose = self._planning.robot_pose()
            except TransformError as error:
                if self._lacks_transforms(now):
                    self._end(errand, TF_ERROR, str(error))
                return
            self._pose_since = now
            self._update(errand, pose, self._local_report())

    def _update(self, errand: Errand, pose: Pose, report: LocalReport) -> None:
        turn, now, frame = self._turn, self._node.now(), self._frame
        self._updating = True

        def look() -> Action:
            assert errand.drive is not None
            return errand.drive.update(now, pose, report)

        def updated(done: Future[Any]) -> None:
            self._updating = False
            if turn != self._turn or not errand.goal.is_active:
                return  # it is about an errand that has been replaced
            error = problem(done)
            if isinstance(error, TransformError):
                return  # planned in is another frame than the drive began in: `_restart` comes next
            if error is not None:
                self._end(errand, PLANNING, str(error))
            else:
                self._act(errand, done.result(), pose, frame, report)

        self._planning.submit_in(frame, look, updated)

    def _local_report(self) -> LocalReport:
        """What the local planner says of the path it was sent last."""
        outcome = self._follow.outcome
        if outcome is None:
            return LocalReport(self._path_sent)
        code = 0 if outcome.succeeded else outcome.code or FollowPath.Result.UNKNOWN
        return LocalReport(self._path_sent, reached=outcome.succeeded, code=code, reason=outcome.message)

    def _act(self, errand: Errand, action: Action, pose: Pose, frame: str, report: LocalReport) -> None:
        """Do what the drive says."""
        if action.phase is Phase.DONE:
            self._end(errand, action.code, action.message)
            return
        if action.clear_local:
            self._clear_local.call_async(ClearEntireCostmap.Request())
        if action.path_id != self._path_sent:
            self._path_sent = action.path_id
            self._send_path(action.path, frame)
        errand.goal.publish_feedback(errand.feedback(action, pose_stamped(pose, frame, self._node.now())))
        self._node.health.tell_ok(action.phase.value)
        if action.feedback.recoveries > self._recoveries:
            self._node.get_logger().info(f"recovery {action.feedback.recoveries}: {action.message}")
        self._recoveries = action.feedback.recoveries

    def _send_path(self, path: GlobalPath | None, frame: str) -> None:
        if path is None:
            self._follow.cancel()
            return
        message = path_message(path.points, frame, self._node.now())
        self._follow.send(FollowPath.Goal(path=message), self._node.now())
        self._shown.publish(message)

    # It ends.

    def _end(self, errand: Errand, code: int, message: str) -> None:
        """The errand is over, for better or worse."""
        self._give_up()
        if code == 0:
            errand.server.succeed(errand.goal, errand.result())
            self._node.health.tell_ok("arrived")
        else:
            code = errand.code(code)
            self._node.get_logger().warning(f"{errand.server.name} ends with {code}: {message}")
            errand.server.abort(errand.goal, code, message, errand.result())
            self._node.health.tell_ok(message)

    def _give_up(self) -> None:
        """Stop the robot and forget the errand; its server is told by the caller."""
        self._errand = None
        self._turn += 1
        self._path_sent = NO_PATH
        self._follow.cancel()
        self._planning.submit(lambda: self._planning.navigator.cancel())
        self._node.health.tell_ok("waiting for a goal")
