"""What the local planner is asked to do: one job at a time, the newest; each is a goal of one of the actions."""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import Any

from rclpy.action.server import ServerGoalHandle

from astro_nav_common.types import Guidance, Pose
from astro_nav_local.follow import Ending
from astro_nav_local.local_plan import PlanStatus
from astro_nav_local.manoeuvre import Manoeuvre
from astro_nav_ros.actions import GoalServer
from astro_nav_ros.runtime import ManagedNode

#: s without odometry after which a job is given up
ODOMETRY_PATIENCE = 2.0


class Job(ABC):
    """A goal under way. Before each cycle it says what to do, afterwards it sees what came of it."""

    def __init__(self, server: GoalServer, goal: ServerGoalHandle) -> None:
        """Args: server: of the action that the goal is of."""
        self.server, self.goal = server, goal
        #: what the planner gets, in odom: a path, a manoeuvre, or neither: it holds
        self.guidance: Guidance | None = None
        self.manoeuvre: Manoeuvre | None = None
        #: why it holds although it would go on
        self.trouble = ""

    def before(self, now: float) -> Ending | None:
        """Make `guidance` or `manoeuvre` up to date. Returns why it cannot go on, if it cannot."""
        return None

    @abstractmethod
    def after(self, now: float, status: PlanStatus, pose_odom: Pose) -> Ending | None:
        """Publish feedback. Returns why it is over, if it is."""

    def result(self, now: float) -> Any:
        """The action's result, without code and sentence."""
        return self.server.action_type.Result()


class Jobs:
    """The job under way."""

    def __init__(self, node: ManagedNode, on_take: Callable[[], None] = lambda: None) -> None:
        """Nothing to do yet. Args: on_take: called with a job just taken, which need not wait for the next cycle."""
        self._node, self._on_take = node, on_take
        self._current: Job | None = None
        self._waits_since = math.inf  # since when a job, this one or the one before, has waited for odometry

    @property
    def guidance(self) -> Guidance | None:
        """The path being followed."""
        return self._current.guidance if self._current else None

    @property
    def manoeuvre(self) -> Manoeuvre | None:
        """What is being carried out instead."""
        return self._current.manoeuvre if self._current else None

    @property
    def trouble(self) -> str:
        """Why the job under way holds; empty if it does not."""
        return self._current.trouble if self._current else ""

    def take(self, job: Job) -> None:
        """Begin a job; the one under way ends, without a stop between them."""
        before = self._current
        if before is not None and before.goal.is_active:
            sentence = f"a goal of '{job.server.name}' has replaced this one"
            before.server.preempt(before.goal, sentence, before.result(self._node.now()))
        self._current = job
        self._on_take()

    def before(self, now: float) -> None:
        """Before a planning cycle."""
        job = self._current
        if job is None:
            return
        if not job.goal.is_active:
            self._current = None
        elif job.goal.is_cancel_requested:
            self._current = None
            job.server.cancel(job.goal, result=job.result(now))
        else:
            self._end(job, job.before(now), now)

    def after(self, now: float, status: PlanStatus, pose_odom: Pose) -> None:
        """After a planning cycle."""
        self._waits_since = math.inf
        job = self._current
        if job is not None and job.goal.is_active:
            self._end(job, job.after(now, status, pose_odom), now)

    def refuse(self, now: float, why: str) -> None:
        """The planner cannot use the path under way."""
        job = self._current
        if job is not None and job.goal.is_active:
            codes = job.server.action_type.Result
            self._end(job, Ending(getattr(codes, "INVALID_PATH", codes.UNKNOWN), why), now)

    def without_odometry(self, now: float, why: str) -> None:
        """Instead of a planning cycle, which is nothing without odometry: the job waits for it, but not for ever."""
        job = self._current
        if job is None or not job.goal.is_active:
            self._waits_since = math.inf
            return
        self._waits_since = min(self._waits_since, now)
        if now - self._waits_since > ODOMETRY_PATIENCE:
            codes = job.server.action_type.Result
            self._end(job, Ending(getattr(codes, "TF_ERROR", codes.UNKNOWN), why), now)

    def _end(self, job: Job, ending: Ending | None, now: float) -> None:
        if ending is None:
            return
        self._current = None
        if ending.code == 0:
            job.server.succeed(job.goal, job.result(now))
        else:
            self._node.get_logger().info(f"{job.server.name} ends: {ending.message}")
            job.server.abort(job.goal, ending.code, ending.message, job.result(now))
