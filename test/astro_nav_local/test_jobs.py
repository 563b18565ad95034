"""Jobs and the planning cycle, without a node around them."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

pytest.importorskip("rclpy", reason="needs ROS: run in the environment that `make setup` builds")
from nav2_msgs.action import FollowPath, Spin, Wait

from astro_nav_common.robot import load_robot
from astro_nav_common.types import Guidance, Pose, Scan
from astro_nav_local.local_plan import PlanStatus
from astro_nav_local.node import LocalPlannerNode
from astro_nav_local.params import LocalParams
from astro_nav_local.planner import PENDING_MAX, LocalPlanner
from astro_nav_local.servers.jobs import ODOMETRY_PATIENCE, Job, Jobs


class Idle(Job):
    """A job that never ends by itself."""

    def after(self, now: float, status: PlanStatus, pose_odom: Pose) -> None:
        """Go on."""


class Server:
    """Keeps how goals ended."""

    def __init__(self, kind: Any) -> None:
        self.action_type, self.name = kind, "it"
        self.endings: list[tuple[int, str]] = []

    def abort(self, goal: Any, code: int, message: str, result: Any) -> None:
        goal.is_active = False
        self.endings.append((code, message))

    def preempt(self, goal: Any, message: str, result: Any) -> None:
        self.abort(goal, 0, message, result)


def goal() -> Any:
    return SimpleNamespace(is_active=True, is_cancel_requested=False)


class Node:
    """As much of the node as its cycle needs; its planner has no odometry."""

    _cycle, _plan, _guide = LocalPlannerNode._cycle, LocalPlannerNode._plan, LocalPlannerNode._guide
    _plan_at_once = LocalPlannerNode._plan_at_once

    def __init__(self) -> None:
        self._planner = LocalPlanner(LocalParams(), load_robot("astro"))
        self._jobs, self._keepout = Jobs(self), SimpleNamespace(update=lambda: None)  # type: ignore[arg-type]
        self._people: list[Any] = []
        self._people_heard, self.t = 0.0, 100.0
        self.health = SimpleNamespace(tell_warning=self.said)
        self._last_cycle, self.cycles, self.plans = self.t, 0, 0

    def now(self) -> float:
        return self.t

    def get_logger(self) -> Any:
        return SimpleNamespace(info=lambda sentence: None)

    def said(self, _sentence: str) -> None:
        self.plans += 1  # each of them fails, without odometry

    def _count_cycle(self, now: float) -> None:
        self._last_cycle = now
        self.cycles += 1

    def run(self, duration: float) -> None:
        for _ in range(round(10 * duration)):
            self.t += 0.1
            self._cycle()  # type: ignore[misc]


@pytest.mark.parametrize(("kind", "code"), [(FollowPath, 102), (Spin, 702), (Wait, 740)])
def test_a_job_without_odometry_ends_after_a_while_even_if_it_is_sent_again(kind: Any, code: int) -> None:
    node, server = Node(), Server(kind)
    node.run(2.0 * ODOMETRY_PATIENCE)  # with nothing to do
    node._jobs.take(Idle(server, goal()))  # type: ignore[arg-type]
    node.run(0.7 * ODOMETRY_PATIENCE)
    node._jobs.take(Idle(server, goal()))  # type: ignore[arg-type]
    assert [ending[0] for ending in server.endings] == [0]  # replaced
    node.run(0.5 * ODOMETRY_PATIENCE)
    assert server.endings[1:] == [(code, "no odometry yet: cannot plan without knowing the robot's state")]


@pytest.mark.parametrize("far", [1e9, 1e300])
def test_a_path_that_the_planner_cannot_use_ends_its_job(far: float) -> None:
    node, server = Node(), Server(FollowPath)
    job = Idle(server, goal())  # type: ignore[arg-type]
    job.guidance = Guidance(np.array([(0.0, 0.0), (far, 0.0)]), Pose(far, 0.0, 0.0))
    node._jobs.take(job)
    node.run(0.1)
    assert [ending[0] for ending in server.endings] == [103]
    assert node._jobs.guidance is None


def test_scans_without_odometry_take_no_memory_without_end() -> None:
    planner = LocalPlanner(LocalParams(), load_robot("astro"))
    for t in range(1000):
        planner.add_scan(Scan(float(t), np.ones(10, np.float32), 0.0, 0.1, 0.1, 10.0))
    assert [scan.t for scan in planner._pending] == [float(t) for t in range(1000 - PENDING_MAX, 1000)]


def test_a_job_that_comes_waits_for_no_cycle() -> None:
    node, cycles = Node(), []
    jobs = Jobs(node, on_take=lambda: cycles.append(jobs.guidance))  # type: ignore[arg-type]
    job = Idle(Server(FollowPath), goal())  # type: ignore[arg-type]
    job.guidance = Guidance(np.zeros((2, 2)), Pose(0.0, 0.0, 0.0))
    jobs.take(job)
    assert cycles == [job.guidance]


def test_a_plan_made_at_once_is_none_of_the_timers_cycles() -> None:
    node = Node()
    node._cycle()  # type: ignore[misc]
    node.t += 0.03
    node._plan_at_once()  # type: ignore[misc]
    assert (node.cycles, node.plans, node._last_cycle) == (1, 2, pytest.approx(node.t - 0.03))
    node.t -= 10.0  # the next cycle has to see that first
    node._plan_at_once()  # type: ignore[misc]
    assert node.plans == 2
