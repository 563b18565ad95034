"""Requests for paths that come faster than they can be answered."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

pytest.importorskip("rclpy", reason="needs ROS: run in the environment that `make setup` builds")
import rclpy
from action_msgs.msg import GoalStatus
from nav2_msgs.action import ComputePathToPose, SmoothPath
from nav_msgs.msg import Path
from rclpy.action import ActionClient
from rclpy.node import Node

from astro_nav_common.types import Pose
from astro_nav_global.params import GlobalParams
from astro_nav_global.servers.paths import PathServers
from astro_nav_global.servers.smoothing import SmoothServer
from astro_nav_ros.conversions import path_message
from astro_nav_ros.diagnostics import Health
from astro_nav_ros.lasting import destroy_all
from astro_nav_ros.runtime import make_executor

POINTS = np.array([[0.0, 0.0, 0.0], [1.0, 0.0, 0.0], [2.0, 0.0, 0.0]])
PATIENCE = 60.0


class Planning:
    """Keeps the jobs instead of running them, as a worker that is busy does."""

    frame = "map"

    def __init__(self) -> None:
        self.jobs: list[tuple[Callable[[], Any], Callable[[Future[Any]], None]]] = []
        self.planned = 0
        self.planner = SimpleNamespace(plan=self.plan, plan_through=self.plan)

    def plan(self, *_: Any) -> Any:
        self.planned += 1
        return SimpleNamespace(points=POINTS)

    def pose_in_frame(self, *_: Any) -> Pose:
        return Pose(0.0, 0.0, 0.0)

    def robot_pose(self) -> Pose:
        return Pose(0.0, 0.0, 0.0)

    def submit_in(self, _frame: str, job: Callable[[], Any], then: Callable[[Future[Any]], None]) -> None:
        self.jobs.append((job, then))

    def submit(self, job: Callable[[], Any], then: Callable[[Future[Any]], None]) -> None:
        self.jobs.append((job, then))

    def work(self) -> list[Any]:
        """Run all jobs that wait; returns what came of each."""
        outcomes = []
        for job, then in self.jobs:
            done: Future[Any] = Future()
            done.set_result(job())
            outcomes.append(done.result())
            then(done)
        self.jobs = []
        return outcomes


class Bench:
    """The servers with a worker that does nothing, and a client."""

    def __init__(self, context: Any) -> None:
        self.node, other = Node("planner", context=context), Node("client", context=context)
        self.node.health = Health("planner")
        self.node.now = lambda: 100.0
        self.node.parameters = SimpleNamespace(get=lambda _: GlobalParams())
        self.nodes, self.executor = [self.node, other], make_executor(context)
        for node in self.nodes:
            self.executor.add_node(node)
        self.planning = Planning()
        shown = self.node.create_publisher(Path, "plan", 1)
        PathServers(self.node, self.planning, shown)  # type: ignore[arg-type]
        SmoothServer(self.node, self.planning, shown)  # type: ignore[arg-type]
        self.other = other

    def until(self, done: Callable[[], Any]) -> None:
        end = time.monotonic() + PATIENCE
        while not done():
            assert time.monotonic() < end, "waited in vain"
            self.executor.spin_once(0.05)

    def send(self, client: ActionClient, goal: Any) -> Any:
        """Send a goal and wait until its job waits; returns the future of its result."""
        waiting = len(self.planning.jobs)
        sent = client.send_goal_async(goal)
        self.until(lambda: sent.done() and len(self.planning.jobs) > waiting)
        return sent.result().get_result_async()

    def destroy(self) -> None:
        for node in self.nodes:
            destroy_all(node)
            node.destroy_node()
        self.executor.shutdown()


@pytest.fixture
def bench() -> Iterator[Bench]:
    context = rclpy.Context()
    rclpy.init(context=context)
    bench = Bench(context)
    yield bench
    bench.destroy()
    rclpy.try_shutdown(context=context)


def test_a_path_is_planned_for_the_newest_of_the_goals_that_wait(bench: Bench) -> None:
    client = ActionClient(bench.other, ComputePathToPose, "compute_path_to_pose")
    bench.until(client.server_is_ready)
    results = [bench.send(client, ComputePathToPose.Goal()) for _ in range(4)]
    bench.planning.work()
    assert bench.planning.planned == 1
    bench.until(lambda: all(result.done() for result in results))
    statuses = [result.result().status for result in results]
    assert statuses == [GoalStatus.STATUS_ABORTED] * 3 + [GoalStatus.STATUS_SUCCEEDED]
    client.destroy()


def test_a_path_is_smoothed_for_the_newest_of_the_goals_that_wait(bench: Bench) -> None:
    client = ActionClient(bench.other, SmoothPath, "smooth_path")
    bench.until(client.server_is_ready)
    goal = SmoothPath.Goal(path=path_message(POINTS, "map", 0.0))
    goal.max_smoothing_duration.sec = 10
    for _ in range(3):
        bench.send(client, goal)
    smoothed = bench.planning.work()
    assert [path is None for path in smoothed] == [True, True, False]
    client.destroy()
