"""A small closed loop for the guard: a differential drive with delay and lag, a lidar, a planner that sees no obstacles."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
import pytest

from astro_nav_common.diff_drive import advance, arc_step
from astro_nav_common.footprint import Footprint
from astro_nav_common.geometry import inverse, transform_points
from astro_nav_common.history import CommandHistory
from astro_nav_common.robot import RobotParams
from astro_nav_common.types import Command, GuardReport, Scan, State, Trajectory
from astro_nav_reactive.guard import Guard
from astro_nav_reactive.params import GuardParams

DT = 0.005


def ramp(speed: float, rate: float, target: float, accel: float, jerk: float, steps: int, dt: float) -> np.ndarray:
    """(steps, 2) speed and acceleration of a wheel that goes to its target within limits of acceleration and jerk."""
    out = np.empty((steps, 2))
    for k in range(steps):
        out[k] = speed, rate
        gap = target - speed
        wanted = math.copysign(min(math.sqrt(1.6 * jerk * abs(gap)), accel, 20.0 * abs(gap)), gap)
        change = min(max(wanted - rate, -jerk * dt), jerk * dt)
        speed += (rate + 0.5 * change) * dt
        rate += change
    return out


def make_plan(state: State, v: float, w: float, robot: RobotParams, horizon: float = 3.0) -> Trajectory:
    """A plan that takes both wheels from the state's motion to (v, w) within their limits, and holds them there."""
    fine = 0.01
    steps = round(horizon / fine) + 1
    half = 0.5 * robot.track
    limits = robot.wheel_accel_max, robot.wheel_jerk_max, steps, fine
    left = ramp(state.v - half * state.w, state.a - half * state.alpha, v - half * w, *limits)
    right = ramp(state.v + half * state.w, state.a + half * state.alpha, v + half * w, *limits)
    body, turn = 0.5 * (left + right), (right - left) / robot.track
    poses = np.empty((steps, 3))
    poses[0] = state.pose
    for k in range(1, steps):
        mean = 0.5 * (body[k - 1, 0] + body[k, 0]), 0.5 * (turn[k - 1, 0] + turn[k, 0])
        poses[k] = arc_step(*poses[k - 1], *mean, fine)
    t = state.t + fine * np.arange(steps)
    zero = np.zeros(steps)
    columns = (t, *poses.T, body[:, 0], turn[:, 0], body[:, 1], turn[:, 1], zero, zero + 1.0)
    return Trajectory(*(column[::5].copy() for column in columns), sense_t=state.t)


@dataclass
class Loop:
    """Simulates guard and base; everything is recorded at `DT`.

    points: (N, 2) obstacle points in odom, each with a radius; appear: they exist from then on; velocity: they move so from then on.
    fov: of the lidar, symmetric about the front. freeze: from this time on the lidar repeats its last ranges.
    target: (v, w) that the planner asks for, as a function of time.
    """

    robot: RobotParams
    params: GuardParams = field(default_factory=GuardParams)
    start: State = State(0.0, 0.0, 0.0, 0.0)
    points: np.ndarray = field(default_factory=lambda: np.empty((0, 2)))
    radius: float = 0.01
    appear: float = 0.0
    velocity: tuple[float, float] = (0.0, 0.0)
    fov: float = math.tau
    freeze: float = math.inf
    slip: Callable[[float], float] = lambda t: 1.0
    beams: int = 360
    scan_period: float = 0.05
    scan_latency: float = 0.03
    range_noise: float = 0.0
    odom_noise: float = 0.0
    wheel_error: tuple[float, float] = (1.0, 1.0)
    replan: bool = True
    seed: int = 0
    plan: Trajectory | None = None

    def __post_init__(self) -> None:
        self.guard = Guard(self.params, self.robot)
        self.rng = np.random.default_rng(self.seed)
        self.footprint = Footprint.of(self.robot)
        self.state = self.start
        self.half = 0.5 * self.robot.track
        self.wheels = [self.state.v - self.half * self.state.w, self.state.v + self.half * self.state.w]
        self.queue: deque[tuple[float, float, float]] = deque()
        self.active = (self.state.v, self.state.w)
        self.scans: deque[tuple[float, Scan]] = deque()
        self.reports: list[GuardReport] = []
        self.states: list[State] = []
        self.clearance: list[float] = []

    def run(self, seconds: float, v: float = 0.0, w: float = 0.0, sensors: bool = True, planner: bool = True) -> Loop:
        """Go on for some time with a planner that wants (v, w)."""
        end = self.state.t + seconds
        while self.state.t < end - 1e-9:
            now = self.state.t
            step = round(now / DT)
            if step % 4 == 0:  # 50 Hz odometry
                noise = self.odom_noise * self.rng.standard_normal(3)
                self.guard.add_odometry(
                    self.state._replace(
                        x=self.state.x + noise[0], y=self.state.y + noise[1], yaw=self.state.yaw + noise[2]
                    ),
                    now,
                )
            if planner and step % 20 == 0:
                self.make_plan(now, v, w)
            if sensors and step % round(self.scan_period / DT) == 0:
                self.scans.append((now + self.scan_latency, self.scan(now)))
            ticked = False
            while self.scans and self.scans[0][0] <= now + 1e-9:
                self.guard.add_scan(self.scans.popleft()[1], now)
                ticked = True
            if ticked or step % 4 == 0:
                report = self.guard.tick(now)
                self.reports.append(report)
                self.queue.append((now + self.robot.actuation_delay, report.command.v, report.command.w))
            self.step()
        return self

    def make_plan(self, now: float, v: float, w: float) -> None:
        """As the local planner: from where the robot will be when the plan takes effect."""
        if self.plan is not None and not self.replan:
            self.guard.add_plan(self.plan, now)
            return
        effect = now + self.robot.actuation_delay + 0.02
        predicted = self.predict(effect)
        self.plan = make_plan(predicted, v, w, self.robot)
        self.guard.add_plan(self.plan, now)

    def errors(self) -> np.ndarray:
        """(N, 4) time, and what the robot is ahead, left and turned of the plan that is followed all along."""
        rows = []
        for state in self.states:
            planned = self.plan.sample(state.t)
            c, s = math.cos(planned.yaw), math.sin(planned.yaw)
            dx, dy = state.x - planned.x, state.y - planned.y
            turn = math.remainder(state.yaw - planned.yaw, math.tau)
            rows.append((state.t, c * dx + s * dy, -s * dx + c * dy, turn))
        return np.array(rows)

    def predict(self, t: float) -> State:
        """The state at t after what is commanded already; from the previous plan while that is followed closely."""
        commands = CommandHistory()
        for sent, v, w in [(self.state.t - 1.0, *self.active), *self.queue]:
            commands.add(sent, Command(v, w))
        state = self.state
        while state.t < t - 1e-9:
            command = commands.at(state.t)
            share = 1.0 - math.exp(-DT / self.robot.actuation_time_constant)
            v, w = state.v + share * (command.v - state.v), state.w + share * (command.w - state.w)
            state = advance(state._replace(v=v, w=w, a=(v - state.v) / DT, alpha=(w - state.w) / DT), DT)
        if self.plan is None:
            return state
        planned = self.plan.sample(t)
        error = math.hypot(planned.x - state.x, planned.y - state.y) + 0.2 * abs(planned.yaw - state.yaw)
        error += 0.3 * (abs(planned.v - state.v) + 0.2 * abs(planned.w - state.w))
        share = min(error / 0.15, 1.0)
        return State(t, *((1.0 - share) * np.array(planned[1:]) + share * np.array(state[1:])))

    def step(self) -> None:
        now = self.state.t
        while self.queue and self.queue[0][0] <= now + 1e-9:
            self.active = self.queue.popleft()[1:]
        v, w = self.active
        for i, target in enumerate((v - self.half * w, v + self.half * w)):
            share = 1.0 - math.exp(-DT / self.robot.actuation_time_constant)
            self.wheels[i] += share * (target * self.wheel_error[i] * self.slip(now) - self.wheels[i])
        speed, turn = 0.5 * (self.wheels[0] + self.wheels[1]), (self.wheels[1] - self.wheels[0]) / self.robot.track
        pose = arc_step(self.state.x, self.state.y, self.state.yaw, speed, turn, DT)
        self.state = State(now + DT, *pose, speed, turn)
        self.states.append(self.state)
        self.clearance.append(self.true_clearance())

    def visible(self) -> np.ndarray:
        since = self.state.t - self.appear
        return self.points + since * np.array(self.velocity) if since >= -1e-9 else np.empty((0, 2))

    def true_clearance(self) -> float:
        points = self.visible()
        if not len(points):
            return math.inf
        base = transform_points(inverse(self.state.pose), points)
        return float(self.footprint.distances(base).min()) - self.radius

    def scan(self, now: float) -> Scan:
        """Ranges to discs, from the base's origin."""
        base = transform_points(inverse(self.state.pose), self.visible())
        step = math.tau / self.beams
        angles = -math.pi + step * np.arange(self.beams)
        ranges = np.full(self.beams, np.inf)
        for x, y in base:
            along = x * np.cos(angles) + y * np.sin(angles)
            gap2 = self.radius**2 - (x * x + y * y - along**2)
            hit = (gap2 >= 0.0) & (along > 0.0)
            ranges[hit] = np.minimum(ranges[hit], along[hit] - np.sqrt(gap2[hit]))
        ranges += self.range_noise * self.rng.standard_normal(self.beams)
        ranges[np.abs(angles) > 0.5 * self.fov] = np.nan
        if now >= self.freeze:
            ranges = self.last_ranges
        self.last_ranges = ranges
        return Scan(now, ranges, -math.pi, step, 0.05, 10.0)

    def commands(self) -> np.ndarray:
        """(N, 3) t, v, w."""
        return np.array([(r.t, r.command.v, r.command.w) for r in self.reports])

    def wheel_commands(self) -> np.ndarray:
        """(N, 3) t, left, right."""
        sent = self.commands()
        return np.column_stack((sent[:, 0], sent[:, 1] - self.half * sent[:, 2], sent[:, 1] + self.half * sent[:, 2]))


@pytest.fixture
def robot() -> RobotParams:
    return RobotParams()


@pytest.fixture
def loop() -> type[Loop]:
    """The closed loop, to be made with what a test needs."""
    return Loop


@pytest.fixture(name="make_plan")
def make_plan_fixture() -> Callable[..., Trajectory]:
    """`make_plan(state, v, w, robot, horizon)`."""
    return make_plan
