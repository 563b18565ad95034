"""The lockstep closed loop: simulator and planners in one process on simulated time, with the latencies of the real thing.

What takes wall time on a robot takes simulated time here: a plan made from what had arrived at t is in force at t + planning
latency, a scan arrives after its latency, a command moves the base after its delay. A run is the same for the same seed.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from astro_nav_common.errors import WorldError
from astro_nav_common.latency import ActuationEstimator
from astro_nav_common.params import Params, param
from astro_nav_common.types import Command, GuardReport, Pose, Scan, State, Trajectory
from astro_nav_local.local_plan import LocalPlan, PlanStatus
from astro_nav_local.planner import LocalPlanner
from astro_nav_sim import result
from astro_nav_sim.clearance import ClearanceMeter
from astro_nav_sim.guides import Guide, StraightGuide
from astro_nav_sim.localisation import Jump, JumpError, LocalisationError
from astro_nav_sim.plan_sampler import PlanSampler
from astro_nav_sim.result import Recorder, RunResult
from astro_nav_sim.robot import SimRobot
from astro_nav_sim.simulator import JointEvent, OdometryEvent, ScanEvent, Simulator
from astro_nav_sim.world import Goal, World


@dataclass(frozen=True)
class LoopParams(Params):
    """How a run goes and how it ends."""

    plan_rate_hz: float = param(10.0, unit="Hz", low=1.0, high=50.0, doc="Local planning rate.")
    guard_rate_hz: float = param(50.0, unit="Hz", low=5.0, high=200.0, doc="Command rate.")
    planning_latency: float = param(
        0.03, unit="s", low=0.0, high=0.5, doc="Start of a planning cycle to its plan being in force."
    )
    settle_time: float = param(
        0.3, unit="s", low=0.05, high=10.0, doc="Standing at the start, sensors on, before the first goal."
    )
    timeout: float = param(100.0, unit="s", low=1.0, high=10000.0, doc="Longest time for one goal.")
    localised: bool = param(False, doc="Goals follow a localisation; without, the odometry is taken for the truth.")
    localisation_noise: float = param(
        0.0, unit="m", low=0.0, high=1.0, doc="Standard deviation of the localisation's wandering error."
    )
    arrival_radius: float = param(
        0.0, unit="m", low=0.0, high=10.0, doc="A goal counts once truly within this, moving or not (BARN: 1 m); 0: when the planner says so."
    )  # fmt: skip
    xy_tolerance: float = param(
        0.3, unit="m", low=0.0, high=10.0, doc="True distance to a goal above which it was missed."
    )
    yaw_tolerance: float = param(
        0.4, unit="rad", low=0.0, high=3.2, doc="True heading error above which a goal was missed."
    )
    stop_on_contact: bool = param(True, doc="A contact ends the run.")


#: How often the base's dead time is estimated anew from commands and odometry, Hz.
ACTUATION_RATE_HZ = 1.0
#: success within 1 m, no heading, first contact ends it
BARN_RULES = LoopParams(arrival_radius=1.0)


class Commander(Protocol):
    """What the loop needs of a guard."""

    def reset(self) -> None: ...
    def set_latency(self, actuation_delay: float) -> None: ...
    def add_scan(self, scan: Scan, now: float) -> None: ...
    def add_odometry(self, state: State, now: float) -> None: ...
    def add_screen(self, screen_yaw: float, now: float) -> None: ...
    def add_plan(self, plan: Trajectory, now: float) -> None: ...
    def tick(self, now: float) -> GuardReport: ...


class ClosedLoop:
    """One robot in one world, ready to run once."""

    def __init__(
        self,
        world: World,
        robot: SimRobot,
        planner: LocalPlanner,
        *,
        guard: Commander | None = None,
        guide: Guide | None = None,
        actuation: ActuationEstimator | None = None,
        params: LoopParams = BARN_RULES,
        seed: int = 0,
        start: Pose | None = None,
        jumps: Sequence[Jump] = (),
        clock: Callable[[], float] | None = None,
        on_plan: Callable[[float, LocalPlan], None] | None = None,
        on_report: Callable[[GuardReport], None] | None = None,
    ) -> None:
        """Args:
        guard: turns plans into commands; the bare PlanSampler by default.
        guide: where to go; the straight line by default.
        actuation: another estimator of the base's dead time than the usual, for experiments.
        start: pose in the world; the world's own by default.
        jumps: of the localisation.
        clock: wall clock, only to measure how long planning takes, s.
        on_plan: called with (time, plan) after each cycle, to look at it. on_report: called with each report of the guard.
        """
        self.world, self.params = world, params
        self.sim = Simulator(world, robot, seed, start)
        self._planner, self._clock, self._on_plan = planner, clock, on_plan
        self._on_report = on_report
        self._guard: Commander = guard or PlanSampler(robot.params)
        self._guide: Guide = guide or StraightGuide()
        self._meter = ClearanceMeter(robot, world.solids)
        self._actuation = actuation or ActuationEstimator(
            robot.params.actuation_delay, robot.params.actuation_time_constant
        )
        self._error = LocalisationError(params.localisation_noise, np.random.default_rng([seed, 1]))
        self._jumps = JumpError(jumps)
        self._guard_steps = _steps(params.guard_rate_hz)
        self._plan_steps = _steps(params.plan_rate_hz)
        self._plans_under_way: list[tuple[float, LocalPlan]] = []
        self._is_new_goal = False
        self._plan: LocalPlan | None = None
        self._command = Command()
        self._screen = (0.0, 0.0)
        self._goal_errors: list[tuple[float, float]] = []
        self._odom_map = self.sim.start
        self._recorder = Recorder(self.sim.truth(), self._guard_steps * self.sim.dt)

    @property
    def planner(self) -> LocalPlanner:
        """The local planner, to look at."""
        return self._planner

    def run(self, goals: Sequence[Goal] | None = None) -> RunResult:
        """Drive to the goals one after the other; the world's own by default. Raises WorldError if there are none."""
        goals = self.world.goals if goals is None else goals
        if not goals:
            raise WorldError(f"world '{self.world.name}' has no goals, and none were given")
        self.settle()
        outcome, reason = result.SUCCESS, ""
        for goal in goals:
            outcome, reason = self.drive_to(goal)
            if outcome != result.SUCCESS:
                break
        return self.result(outcome, reason, len(goals))

    def settle(self) -> None:
        """Stand at the start until everything has been seen."""
        self._planner.reset()
        self._guard.reset()
        while self.sim.time < self.params.settle_time:
            self._step(driving=False)

    def drive_towards(self, goal: Goal, seconds: float) -> None:
        """Drive to a goal for a while, to leave it for another one."""
        self._aim(goal)
        until = self.sim.time + seconds
        while self.sim.time < until:
            self._step(driving=True)

    def drive_to(self, goal: Goal) -> tuple[str, str]:
        """Until the goal is reached or given up: the outcome and, if it is not success, why."""
        self._aim(goal)
        started = self.sim.time
        while True:
            self._step(driving=True)
            truth = self.sim.truth()
            distance = math.hypot(truth.x - goal.pose.x, truth.y - goal.pose.y)
            error = distance, abs(math.remainder(truth.yaw - goal.pose.yaw, math.tau))
            judged = self._judge(goal.name, started, error)
            if judged is not None:
                if judged[0] in (result.SUCCESS, result.MISSED):
                    self._goal_errors.append(error)
                return judged

    def _aim(self, goal: Goal) -> None:
        self._guide.set_goal(goal.pose, heading_matters=self.params.arrival_radius == 0.0)
        self._plan = None  # what the last cycle said was about another goal
        self._is_new_goal = True

    def _judge(self, name: str, started: float, error: tuple[float, float]) -> tuple[str, str] | None:
        """The outcome of driving to a goal since `started`, if it is decided. error: true distance (m) and turn (rad) to it."""
        params, sim, ending = self.params, self.sim, self._guide.ending
        if sim.contacts and params.stop_on_contact:
            touch = sim.contacts[0]
            return result.COLLISION, f"touched {touch.body} at ({touch.x:.2f}, {touch.y:.2f}) m, {touch.t:.2f} s"
        if error[0] <= params.arrival_radius:
            return result.SUCCESS, ""
        if ending is not None and not ending.reached:
            return result.FAILED, f"goal '{name}' given up: {ending.reason}"
        if ending is not None:
            if error[0] > params.xy_tolerance or error[1] > params.yaw_tolerance:
                return result.MISSED, f"stopped {error[0]:.2f} m and {error[1]:.2f} rad from goal '{name}'"
            return result.SUCCESS, ""
        if sim.time - started > params.timeout:
            return result.TIMEOUT, f"goal '{name}' not reached in {params.timeout:g} s, {error[0]:.1f} m from it"
        return None

    def _step(self, driving: bool) -> None:
        """One physics step and everything that happens in it."""
        sim = self.sim
        scanned = self._deliver()
        now = sim.time
        step = round(now / sim.dt)
        is_due = step % self._plan_steps == 0 and now >= self.params.settle_time - 1e-9
        if is_due or self._is_new_goal:
            self._cycle(now, driving)
        while self._plans_under_way and self._plans_under_way[0][0] <= now + 1e-9:
            plan = self._plans_under_way.pop(0)[1]
            self._guard.add_plan(plan.trajectory, now)
            if driving and plan is self._plan and plan.status.reached:
                self._tell_reached(now, plan.status)
        if scanned or step % self._guard_steps == 0:
            report = self._guard.tick(now)
            if self._on_report is not None:
                self._on_report(report)
            self._command = report.command
            sim.send(self._command)
            self._planner.add_command(now, self._command)
            self._actuation.add_command(now, self._command)
        if step % _steps(ACTUATION_RATE_HZ) == 0:
            self._actuation.update()
            self._planner.actuation_delay = self._actuation.delay
            self._guard.set_latency(self._actuation.delay)
        if step % self._guard_steps == 0:
            truth = sim.truth()
            self._recorder.sample(truth, self._command, self._meter.distance(truth, sim.moving_solids()))

    def _deliver(self) -> bool:
        """Step the simulator and hand on what arrives; True if a scan did."""
        scanned = False
        for event in self.sim.step():
            if isinstance(event, ScanEvent):
                self._planner.add_scan(event.scan)
                self._guard.add_scan(event.scan, event.t_arrival)
                scanned = True
            elif isinstance(event, OdometryEvent):
                state = event.state._replace(screen_yaw=self._screen[0], screen_rate=self._screen[1])
                self._planner.add_odometry(state)
                self._actuation.add_motion(state)
                self._guard.add_odometry(state, event.t_arrival)
            elif isinstance(event, JointEvent):
                self._screen = (event.screen_yaw, event.screen_rate)
                self._guard.add_screen(event.screen_yaw, event.t_arrival)
        return scanned

    def _cycle(self, now: float, driving: bool) -> None:
        """One local planning cycle, started now, in force after the planning latency."""
        state = self._planner.odometry.newest
        if state is None:
            return
        if self.params.localised:
            jumped = self._jumps.applied(self.sim.odom_in_world, state.pose, now)
            self._odom_map = self._error.applied(jumped, 1.0 / self.params.plan_rate_hz)
        self._is_new_goal = False
        status = self._plan.status if self._plan is not None else None
        guidance = self._guide.update(now, state, self._odom_map, status) if driving else None
        self._planner.set_guidance(guidance)
        before = self._clock() if self._clock else 0.0
        self._plan = self._planner.plan(now)
        if self._clock:
            self._recorder.plan_ms.append(1e3 * (self._clock() - before))
        self._plans_under_way.append((now + self.params.planning_latency, self._plan))
        if self._on_plan is not None:
            self._on_plan(now, self._plan)

    def _tell_reached(self, now: float, status: PlanStatus) -> None:
        """The local planner's goal has ended: that is heard at once, and not in the next cycle."""
        state = self._planner.odometry.newest
        assert state is not None
        self._guide.update(now, state, self._odom_map, status)
        self._plan = None  # what comes next is about another path

    def rest(self, seconds: float) -> None:
        """Hold for a while, without a goal."""
        until = self.sim.time + seconds
        while self.sim.time < until:
            self._step(driving=False)

    def clearance(self) -> float:
        """True distance of the robot to anything now, m."""
        return self._meter.distance(self.sim.truth(), self.sim.moving_solids())

    def result(self, outcome: str, reason: str, goals_total: int) -> RunResult:
        """What came of the run so far."""
        recorder, errors = self._recorder, self._goal_errors
        at_end = self.clearance()  # a contact ends a run between two rows
        moved = recorder.t_moved
        time = self.sim.time - moved if moved is not None else 0.0
        return RunResult(
            self.world.name, outcome, reason, time, len(errors) - (outcome == result.MISSED), goals_total, errors,
            list(self.sim.contacts), min(recorder.min_clearance, at_end), recorder.dt, *recorder.arrays(),
        )  # fmt: skip


def _steps(rate_hz: float) -> int:
    return max(1, round(1.0 / (rate_hz * Simulator.dt)))
