"""The guard: every tick it follows the plan, as fast as what it sees of the next moments allows, and says what it did.

The page to read first is `Guard.tick`. Plan and obstacles meet in one quantity, the speed of the faster wheel's rim: the sweep
says how far the footprint may go along the path being driven, braking says how fast that is, and plan time runs at that share.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

import numpy as np

from astro_nav_common.errors import InputError
from astro_nav_common.footprint import Footprint
from astro_nav_common.grid import Grid
from astro_nav_common.robot import RobotParams
from astro_nav_common.types import GuardReport, Obstacle, Pose, Scan, State, Trajectory
from astro_nav_reactive.actuator import DELAY_MAX, Actuator
from astro_nav_reactive.caps import ALARMED, STOP, WARY, Cap, blind_cap
from astro_nav_reactive.give_way import GiveWay, Scene, Step
from astro_nav_reactive.intake import Intake
from astro_nav_reactive.motion import CAPACITY, RIM, SCREEN, YAW, X, roll_on, roll_out
from astro_nav_reactive.mover_sweep import AT_ONCE, NEAR, NOBODY, mover_clearances
from astro_nav_reactive.near_map import NearMap
from astro_nav_reactive.output import Output
from astro_nav_reactive.params import GuardParams
from astro_nav_reactive.reasons import REST, explain
from astro_nav_reactive.speed_scale import Choice, SpeedScale
from astro_nav_reactive.sweep import clearances, nearest_point
from astro_nav_reactive.tracking import Law, sample
from astro_nav_reactive.watch import Fault, GuardCode

#: ticks closer than this are one, s
_TICK_MIN = 1e-4
#: a plan turned away from the robot by more than this is not followed, rad
_TURN_LIMIT = 1.0
#: s ahead that the motion is looked at when somebody moves: a slow robot is long in their way
_FORESIGHT = 2.5
#: m/s of the rim, or m of it in all the motion that is looked at: less is as good as none
_CREEPS = 0.05
#: sensor age that the near map's size allows for beside the base's delay, s
_SENSOR_AGE = 0.2
#: a measured pan angle older than this is not used, s
_SCREEN_AGE = 0.3


class _Shape(NamedTuple):
    """What would be commanded without obstacles: v, w and their derivatives; screen angle; rows of the path; whether to stop."""

    v: float
    w: float
    a: float
    alpha: float
    screen_yaw: float
    rows: int
    stopping: bool


class Guard:
    """Takes scans, odometry and plans as they come; `tick` gives the command to send. ROS-free, one thread."""

    def __init__(self, params: GuardParams, robot: RobotParams) -> None:
        """Args: params, robot: as declared."""
        self._params, self._robot = params, robot
        self._footprint = Footprint.of(robot)
        self._radius = self._footprint.circumscribed_radius
        self._outline = (
            np.ascontiguousarray(self._footprint.base), np.ascontiguousarray(self._footprint.screen), *self._footprint.pan,
        )  # fmt: skip
        self._law = Law.of(params, robot)
        self._expected: tuple[str, ...] = ()
        self._path = np.zeros((CAPACITY, 7))
        self._clearance = np.zeros(CAPACITY)
        self._latency = robot.actuation_delay
        self.reset()

    def reset(self) -> None:
        """Forget all inputs and commands; the robot is taken to stand still."""
        robot = self._robot
        self._actuator = Actuator(self._latency, robot.actuation_time_constant, robot.track)
        self._speed = SpeedScale(self._params, robot)
        fastest = self._speed.reach(robot.wheel_speed_max, robot.actuation_delay + _SENSOR_AGE)
        reach = max(0.5 * self._params.map_size, self._radius + fastest)
        self._intake = Intake(self._params, robot, self._footprint, reach, self._actuator)
        self.expect(self._expected)
        self._output = Output(robot, self._law)
        self._give_way = GiveWay(self._params, robot, self._outline, self._radius)
        self._screen_measured = (-math.inf, 0.0)
        self._last_tick = -math.inf
        self._report = GuardReport(-math.inf, self._output.command, code=GuardCode.IDLE)

    def reconfigure(self, params: GuardParams) -> None:
        """Go on with other parameters, while driving too: what is known and what was sent stays. The near map keeps its size."""
        self._params = self._intake.watch.params = self._give_way.params = params
        self._law = Law.of(params, self._robot)
        self._speed = SpeedScale(params, self._robot)

    def warm_up(self) -> None:
        """Compile and run every kernel once, on made-up inputs; ends as `reset`."""
        t = np.linspace(0.0, 1.0, 21)
        zero = np.zeros_like(t)
        plan = Trajectory(t, 0.2 * t, zero, zero, zero + 0.2, zero, zero, zero, zero, zero + 1.0, 0.0)
        scan = Scan(0.0, np.full(16, 0.5), -0.5, 0.05, 0.05, 10.0)
        for now in np.arange(0.0, 0.4, 0.02).tolist():
            self.add_odometry(State(now, 0.0, 0.0, 0.0), now)
            # an obstacle jumps up at the end, so braking runs too, and the last scan comes before its odometry
            self.add_scan(replace(scan, t=now + 0.01, ranges=scan.ranges * (0.44 if now > 0.3 else 1.0)), now)
            self.add_plan(plan, now)
            self.tick(now)
        self.tick(1.2)  # without a plan
        self.near_grid(1.2)
        self._give_way.warm_up()
        roll_on(self._path, 0, 0.1, 0.0, 0.2, self._radius, self._robot.track)  # as when a plan is lost at speed
        self.reset()

    def add_odometry(self, state: State, now: float) -> None:
        """Odometry: pose in odom and body velocity."""
        self._intake.add_odometry(state, now)

    def add_scan(self, scan: Scan, now: float) -> None:
        """A scan of any source; every source that was ever heard must go on."""
        self._intake.add_scan(scan, now)

    def add_obstacles(self, obstacles: Sequence[Obstacle], t: float) -> None:
        """Moving things in odom that somebody else follows, as of t; the guard follows what it sees by itself besides."""
        self._intake.movers.tell(obstacles, t)

    def expect(self, sources: Sequence[str]) -> None:
        """Sources of scans that there must be: the robot stands still until all of them have been heard."""
        self._expected = tuple(sources)
        for source in self._expected:
            self._intake.watch.scan(source)

    def add_plan(self, plan: Trajectory, now: float) -> None:
        """A plan of the local planner."""
        self._intake.add_plan(plan, now)

    def add_screen(self, screen_yaw: float, now: float) -> None:
        """The measured pan angle; without it the screen is taken to be where it was sent."""
        if math.isfinite(screen_yaw):
            self._screen_measured = (now, screen_yaw)

    def refuse(self, what: str, code: GuardCode, reason: str) -> None:
        """The caller could not hand over an input: `plan`, `odom`, or a source of scans. Reported when the input is missed."""
        watch = self._intake.watch
        inputs = {"plan": watch.plan, "odom": watch.odom}
        (inputs[what] if what in inputs else watch.scan(what)).refuse(code, reason)

    def hold(self, what: str, reason: str | None) -> None:
        """Stop, and stand, because of `what`; None lifts that again. Survives `reconfigure`, not `reset`."""
        holds = self._intake.watch.holds
        if reason is None:
            holds.pop(what, None)
        else:
            holds[what] = Fault(GuardCode.INVALID_INPUT, reason)

    def set_latency(self, actuation_delay: float) -> None:
        """The measured time from command to the start of motion, s. Raises InputError if it is no time."""
        if not 0.0 <= actuation_delay < math.inf:
            raise InputError(f"the actuation delay {actuation_delay} must be a number of seconds from 0 to {DELAY_MAX}")
        self._latency = min(float(actuation_delay), DELAY_MAX)
        self._actuator.delay = self._latency

    @property
    def near_map(self) -> NearMap:
        """The points that the sweep is done against."""
        return self._intake.near

    def near_grid(self, now: float) -> Grid:
        """The near map as a grid in odom around the robot, for display."""
        newest = self._intake.odometry.newest or State(now, 0.0, 0.0, 0.0)
        pose = self._actuator.predict(newest, now).pose
        return self._intake.near.grid(pose, self._params.map_size, self._params.map_resolution)

    def tick(self, now: float) -> GuardReport:
        """The command to send now, and why. Called at `rate_hz` and after each scan; never raises for what came in."""
        self._intake.clock(now)
        if 0.0 <= now - self._last_tick < _TICK_MIN:
            self._report = replace(self._report, t=now)
            return self._report
        elapsed = now - self._last_tick
        period = 1.0 / self._params.rate_hz
        dt = min(elapsed, 2.0 * period) if elapsed > 0.0 else period
        self._last_tick = now

        # where the robot is, and where it will be when this command takes effect
        newest = self._intake.odometry.newest or State(now, 0.0, 0.0, 0.0)
        effect, first = self._actuator.commit(newest, now, self._screen(now), self._radius, self._path)
        follower = self._intake.follower
        follower.advance(max(elapsed, 0.0) if math.isfinite(elapsed) else 0.0, self._report.scale)
        follower.update(effect.t, effect.pose)

        # the motion from there, and how close it comes to what was measured
        fault = self._fault(effect)
        movers = self._intake.movers.at(now)
        shape = self._shape(effect, first, fault, _FORESIGHT if len(movers) else 0.0)
        path, clearance = self._path[: shape.rows], self._clearance[: shape.rows]
        points, margin, far = self._intake.near.points, self._params.margin, 2.0 * self._params.slow_clearance
        nearest = nearest_point(points, path[0, X : YAW + 1], path[0, SCREEN], *self._outline)
        clearances(points, path, nearest[2], *self._outline, self._radius, margin, far, clearance)
        late = self._late(effect, shape)
        speed_then = abs(effect.v) + 0.5 * self._robot.track * abs(effect.w)
        to_stop = speed_then * speed_then / (2.0 * self._robot.brake_accel), speed_then / self._robot.brake_accel
        new = mover_clearances(
            movers, path, self._actuator.delay, late, to_stop[0], self._actuator.delay + to_stop[1], *self._outline,
            self._radius, margin, clearance,
        )  # fmt: skip

        # as fast as that allows
        planned, planned_rate = self._rim(shape)
        cap = self._cap(fault is not None or shape.stopping, new, shape, planned)
        choice = self._speed.choose(
            path, clearance, first - 1, speed_then, planned, planned_rate, cap, self._output, dt, len(movers) > 0
        )
        wanted = self._scaled(shape, planned, choice, dt)

        # or out of the way of whoever would walk into a robot that stands
        near = self._intake.near.points, nearest[2], self._intake.coverage
        scene = Scene(now, path[first - 1], effect, movers, *near, self._actuator.delay)
        may_begin = new == NOBODY and self._stays(shape, path, choice)
        must_end = fault is not None or new == AT_ONCE
        step = self._give_way.step(scene, may_begin, must_end, new == AT_ONCE, self._output, dt)
        if step is not None:
            wanted, choice = step[:4], replace(choice, scale=0.0, braking=step.braking)
        command = self._output.send(*wanted, shape.screen_yaw, dt, choice.braking)
        self._actuator.sent(now, command.v, command.w)
        self._report = self._make_report(now, choice, fault, planned, cap, nearest, len(movers), step)
        return self._report

    def _screen(self, now: float) -> float:
        """Pan angle now: measured, or as sent."""
        stamp, screen_yaw = self._screen_measured
        return screen_yaw if 0.0 <= now - stamp <= _SCREEN_AGE else self._output.command.screen_yaw

    def _fault(self, effect: State) -> Fault | None:
        """What keeps the robot from following its plan, for a robot that is at `effect` when the command takes effect."""
        follower = self._intake.follower
        now = self._last_tick
        fault = self._intake.watch.fault(now)
        if fault is not None:
            done = fault.code == GuardCode.STALE_PLAN and follower.ends_in_stop and self._output.rim < REST
            return Fault(GuardCode.IDLE, "the last plan has been carried out") if done else fault
        if follower.plan_at(effect.t) is None:
            if follower.waiting:
                return Fault(GuardCode.IDLE, "the first plan is not in effect yet")
            return Fault(GuardCode.STALE_PLAN, "the plan is over and no new one has come")
        distance, turn = follower.error(effect.t, effect.pose)
        if distance > self._params.tracking_limit or abs(turn) > _TURN_LIMIT:
            return Fault(
                GuardCode.INVALID_INPUT, f"the plan is {distance:.2f} m and {abs(turn):.2f} rad away from the robot"
            )
        return None

    def _shape(self, effect: State, first: int, fault: Fault | None, foresight: float) -> _Shape:
        """The motion from `effect` on, for `foresight` s at least: the plan's; or, with none to follow, the last commanded curve, to a stop."""
        out = self._output
        robot = self._robot
        stopping = fault is not None
        duration = max(
            self._params.sweep_time,
            out.rim / robot.wheel_accel_max
            + robot.wheel_accel_max / robot.wheel_jerk_max
            + robot.actuation_time_constant,
        )
        following = self._intake.follower.plan_at(effect.t)
        if following is not None and (fault is None or fault.code != GuardCode.INVALID_INPUT):
            v, w, a, alpha, rows = roll_out(
                self._path, first, *following, max(duration, foresight), self._radius, self._law
            )
            if v != 0.0 or w != 0.0 or out.rim < REST:
                return _Shape(v, w, a, alpha, sample(*following)[5], rows, stopping)
        last = out.command
        rows = roll_on(self._path, first, last.v, last.w, duration, self._radius, robot.track)
        return _Shape(last.v, last.w, 0.0, 0.0, last.screen_yaw, rows, True)

    def _cap(self, stopping: bool, new: int, shape: _Shape, planned: float) -> Cap:
        """What bounds the speed beside obstacles; `new` as `mover_clearances` says."""
        if new == AT_ONCE:
            return ALARMED
        if stopping:
            return STOP
        if new == NEAR:
            return WARY
        return blind_cap(shape.v, planned, self._intake.coverage, self._params, self._robot)

    def _late(self, effect: State, shape: _Shape) -> float:
        """How much later than at planned speed the robot is everywhere ahead, s, because it must speed up first."""
        planned, _ = self._rim(shape)
        robot = self._robot
        lack = planned - abs(effect.v) - 0.5 * robot.track * abs(effect.w)
        if lack <= 0.05 * planned:
            return 0.0
        return 0.5 * lack * lack / (planned * robot.wheel_accel_max) + robot.wheel_accel_max / robot.wheel_jerk_max

    def _rim(self, shape: _Shape) -> tuple[float, float]:
        """Speed of the faster wheel's rim, and its derivative."""
        half = 0.5 * self._robot.track
        rate = math.copysign(1.0, shape.v) * shape.a + half * math.copysign(1.0, shape.w) * shape.alpha
        return abs(shape.v) + half * abs(shape.w), rate

    def _scaled(self, shape: _Shape, planned: float, choice: Choice, dt: float) -> tuple[float, float, float, float]:
        """v, w and their derivatives on the same curve at the chosen speed."""
        if planned <= 0.0:
            return 0.0, 0.0, 0.0, 0.0
        if choice.scale >= 1.0:
            return shape[:4]
        share = min(choice.speed / planned, 1.0)
        rate = (choice.speed - self._output.rim) / dt / planned
        return share * shape.v, share * shape.w, rate * shape.v, rate * shape.w

    @staticmethod
    def _stays(shape: _Shape, path: np.ndarray, choice: Choice) -> bool:
        """Whether the robot all but stands, and the plan will not lead it away, or may not."""
        return choice.speed < _CREEPS and (choice.scale < 1.0 or path[-1, RIM] < _CREEPS)

    def _make_report(
        self,
        now: float,
        choice: Choice,
        fault: Fault | None,
        planned: float,
        cap: Cap,
        nearest: tuple[float, float, float],
        movers: int,
        step: Step | None,
    ) -> GuardReport:
        """The command and what led to it."""
        intake, command = self._intake, self._output.command
        x, y, distance = nearest
        code, reason = explain(choice, fault, self._output.rim, planned, cap, step is not None)
        odometry = intake.odometry.newest
        return GuardReport(
            now, command, choice.scale, int(code), reason,
            time_to_collision=max(choice.time + self._latency, 0.0),
            nearest_base=Pose(x, y, 0.0) if math.isfinite(distance) else None,
            plan_age=now - intake.watch.plan.stamp,
            scan_age=intake.watch.scan_age(now),
            odom_age=now - odometry.t if odometry is not None else math.inf,
            extra={"nearest": distance, "contact": choice.contact, "planned": planned, "behind": intake.follower.behind,
                   "braking": float(choice.braking), "movers": float(movers)},
        )  # fmt: skip
