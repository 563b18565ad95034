"""Requests that wait while a map brings another frame: poses of one frame are never taken for poses of the other."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

pytest.importorskip("rclpy", reason="needs ROS: run in the environment that `make setup` builds")
from geometry_msgs.msg import PoseStamped
from nav2_msgs.action import ComputePathToPose, FollowPath, SmoothPath
from nav2_msgs.srv import IsPathValid

from astro_nav_common.types import Pose
from astro_nav_global.navigation import Phase
from astro_nav_global.path import GlobalPath
from astro_nav_global.servers.driver import Driver
from astro_nav_global.servers.paths import PathServers
from astro_nav_global.servers.planning import Planning
from astro_nav_global.servers.smoothing import SmoothServer
from astro_nav_ros.conversions import path_message


class Queue:
    """Planning whose jobs are run when the test says so; whatever it is asked to plan succeeds."""

    submit_in, pose_in_frame = Planning.submit_in, Planning.pose_in_frame

    def __init__(self) -> None:
        self.frame = "odom"
        self._jobs: list[tuple[Callable[[], Any], Callable[[Future[Any]], None]]] = []
        self.transforms = SimpleNamespace(lookup=lambda *names: Pose(0.0, 0.0, 0.0))
        self.planner = SimpleNamespace(
            plan=lambda start, goal, now: GlobalPath(np.zeros((2, 3)), 1.0),
            invalid_points=lambda points, now: np.empty(0, int),
        )

    def submit(self, job: Callable[[], Any], then: Callable[[Future[Any]], None] = lambda done: None) -> None:
        self._jobs.append((job, then))

    def _check_map(self) -> None:
        """None is waited for."""

    def robot_pose(self) -> Pose:
        return Pose(0.0, 0.0, 0.0)

    def run(self) -> None:
        jobs, self._jobs = self._jobs, []
        for job, then in jobs:
            done: Future[Any] = Future()
            try:
                done.set_result(job())
            except Exception as error:
                done.set_exception(error)
            then(done)


class Server:
    """Keeps how goals ended."""

    def __init__(self, kind: Any) -> None:
        self.action_type, self.name, self.codes = kind, "it", []  # type: ignore[var-annotated]

    def succeed(self, goal: Any, result: Any = None) -> None:
        self.codes.append(0)

    def abort(self, goal: Any, code: int, message: str, result: Any = None) -> None:
        self.codes.append(code)


def node() -> Any:
    health = SimpleNamespace(sample=lambda *value: None, tell_ok=lambda sentence: None)
    log = SimpleNamespace(warning=lambda sentence: None)
    parameters = SimpleNamespace(get=lambda kind: kind())
    graph = {"count_services": lambda name: 1, "count_publishers": lambda name: 1}
    graph |= {"resolve_service_name": lambda name: name, "resolve_topic_name": lambda name: name}
    return SimpleNamespace(now=lambda: 1.0, health=health, get_logger=lambda: log, parameters=parameters, **graph)


def made(kind: Any, **fields: Any) -> Any:
    """An object without its constructor, which would make topics and timers."""
    one = object.__new__(kind)
    vars(one).update(_node=node(), **fields)
    return one


def pose() -> PoseStamped:
    message = PoseStamped()
    message.header.frame_id, message.pose.orientation.w = "odom", 1.0
    return message


SHOWN = SimpleNamespace(publish=lambda path: None)


@pytest.mark.parametrize(("frame", "code"), [("odom", 0), ("map", 202)])
def test_compute_path(frame: str, code: int) -> None:
    planning, server = Queue(), Server(ComputePathToPose)
    servers = made(PathServers, _planning=planning, _shown=SHOWN, _to_pose=server)
    servers._begin_to_pose(SimpleNamespace(request=ComputePathToPose.Goal(goal=pose()), is_active=True))
    planning.frame = frame
    planning.run()
    assert server.codes == [code]


@pytest.mark.parametrize(("frame", "invalid"), [("odom", []), ("map", [0, 1])])
def test_is_path_valid(frame: str, invalid: list[int]) -> None:
    planning, heard = Queue(), []  # type: ignore[var-annotated]
    servers = made(PathServers, _planning=planning)
    servers._check(IsPathValid.Request(path=path_message(np.zeros((2, 3)), "odom", 0.0)), heard.append)
    planning.frame = frame
    planning.run()
    assert [list(answer.invalid_pose_indices) for answer in heard] == [invalid]
    assert heard[0].is_valid == (not invalid)


@pytest.mark.parametrize(("frame", "checks", "code"), [("odom", True, 0), ("map", True, 500), ("map", False, 0)])
def test_smooth_path(frame: str, checks: bool, code: int) -> None:
    planning, server = Queue(), Server(SmoothPath)
    servers = made(SmoothServer, _planning=planning, _shown=SHOWN, _server=server)
    request = SmoothPath.Goal(path=path_message(np.zeros((2, 3)), "odom", 0.0), check_for_collisions=checks)
    request.max_smoothing_duration.sec = 5
    servers._begin(SimpleNamespace(request=request, is_active=True))
    planning.frame = frame
    planning.run()
    assert server.codes == [code]


def test_a_drive_begins_and_goes_on_only_in_the_frame_it_was_aimed_in() -> None:
    planning, begun, sent = Queue(), [], []  # type: ignore[var-annotated]
    action = SimpleNamespace(
        phase=Phase.FOLLOWING, clear_local=False, path_id=7, path=GlobalPath(np.zeros((2, 3)), 1.0),
        feedback=SimpleNamespace(recoveries=0),
    )  # fmt: skip
    follow = SimpleNamespace(
        outcome=None, insist=lambda now: None, cancel=lambda: None, send=lambda goal, now: sent.append(goal)
    )
    driver = made(
        Driver, _planning=planning, _shown=SHOWN, _follow=follow, _errand=None, _is_aimed=False, _frame="", _turn=0,
        _updating=False, _path_sent=-1, _recoveries=0,
    )  # fmt: skip
    errand = SimpleNamespace(
        poses=[pose()], begin=lambda *args: begun.append(planning.frame), server=Server(FollowPath),
        drive=SimpleNamespace(update=lambda *args: action), feedback=lambda *args: None,
        goal=SimpleNamespace(is_active=True, is_cancel_requested=False, publish_feedback=lambda message: None),
    )  # fmt: skip
    driver.take(errand)
    planning.frame = "map"  # the map has come, but not the word of it
    driver._tick()
    planning.run()
    assert not begun and not sent and not errand.server.codes
    driver._restart()
    driver._tick()
    planning.run()
    assert begun == ["map"]
    assert [goal.path.header.frame_id for goal in sent] == ["map"]


def test_what_a_drive_says_before_it_begins_anew_counts_no_more() -> None:
    """It may wait for transforms into the new frame then; the path is one in the old."""
    planning, acted = Queue(), []  # type: ignore[var-annotated]
    driver = made(Driver, _planning=planning, _errand=None, _frame="odom", _turn=0, _updating=False)
    driver._act = lambda *args: acted.append(args)
    driver._aim = lambda errand: None
    goal = SimpleNamespace(is_active=True)
    errand = SimpleNamespace(goal=goal, drive=SimpleNamespace(update=lambda *args: None))
    driver._update(errand, Pose(0.0, 0.0, 0.0), None)
    driver._begin(errand)
    planning.run()
    assert not acted
