"""One trial of the guard, in lockstep with the simulator: with the guard, without it, or with full braking instead.

Full braking is what the guard is measured against. It begins with the arrival of the first scan that holds a beam from the threat,
goes along the same curve at the emergency deceleration of the robot, and reaches the wheels through the same delay.
"""

from __future__ import annotations

import time
from collections import deque
from dataclasses import dataclass, field, replace
from enum import Enum

import numpy as np

from astro_nav_common.geometry import polygon_distances
from astro_nav_common.latency import ActuationEstimator
from astro_nav_common.types import Command, Scan
from astro_nav_reactive.guard import Guard
from astro_nav_reactive.params import GuardParams
from astro_nav_sim.clearance import ClearanceMeter, box_corners
from astro_nav_sim.simulator import JointEvent, OdometryEvent, ScanEvent, Simulator
from astro_nav_sim.world import Box, Solid
from astro_nav_tools.bench.guard_trials import END, START, Trial

_TICK, _REPLAN, _LEARN = 4, 20, 200  # physics steps
#: a beam that ends so near to the threat is one from it, m
_HIT = 0.06
#: a threat moves no further during a scan, m
_MOVES = 0.5


class Policy(Enum):
    """Who stops the robot."""

    GUARD = "guard"
    NONE = "nobody"
    BRAKE = "full braking"


@dataclass
class Run:
    """What came of a trial.

    contact: time of the first one, s, None for none; speed: of the robot's rim then, m/s. seen: when the first scan that shows the
    threat arrived, s, None for never. gone: m of rim. clearance: least true one, m. core_ms: processor time of each scan, to its command.
    rows: (N, 8) t, x, y, yaw, rim, scale, clearance, commanded rim, every 20 ms.
    """

    contact: float | None = None
    speed: float = 0.0
    seen: float | None = None
    gone: float = 0.0
    clearance: float = np.inf
    core_ms: list[float] = field(default_factory=list)
    rows: np.ndarray = field(default_factory=lambda: np.empty((0, 8)))


def drive(trial: Trial, policy: Policy, params: GuardParams | None = None) -> Run:
    """The same trial, the same noise; ends with the first contact."""
    loop = _Loop(trial, policy, params or GuardParams())
    while loop.sim.time < END and loop.run.contact is None:
        loop.step()
    loop.run.rows = np.array(loop.rows)
    return loop.run


class _Loop:
    def __init__(self, trial: Trial, policy: Policy, params: GuardParams) -> None:
        self._trial, self._policy = trial, policy
        robot = trial.robot
        self.sim = Simulator(trial.world, robot, trial.seed)
        self._guard = Guard(params, robot.params)
        self._actuation = ActuationEstimator(robot.params.actuation_delay, robot.params.actuation_time_constant)
        self._meter = ClearanceMeter(robot, trial.world.solids)
        self._half = 0.5 * robot.params.track
        self._poses: deque[tuple[float, float, float, float]] = deque(maxlen=64)
        self._command, self._commanded_at = Command(), 0.0
        self._scale = 1.0
        self.run = Run()
        self.rows: list[tuple[float, ...]] = []

    def step(self) -> None:
        """One physics step and what happens in it."""
        sim, run = self.sim, self.run
        began = 0.0
        events = sim.step()
        now, truth = sim.time, sim.truth()
        self._poses.append((now, truth.x, truth.y, truth.yaw))
        for event in events:
            if isinstance(event, ScanEvent):
                began = time.thread_time()
                self._take_scan(event)
            elif isinstance(event, OdometryEvent):
                self._guard.add_odometry(event.state, event.t_arrival)
                self._actuation.add_motion(event.state)
            elif isinstance(event, JointEvent):
                self._guard.add_screen(event.screen_yaw, event.t_arrival)
        step = round(now / sim.dt)
        if step % _REPLAN == 0 and now >= START - 0.2:
            self._guard.add_plan(self._trial.plan, now)
        if step % _LEARN == 0:
            self._actuation.update()
            self._guard.set_latency(self._actuation.delay)
        if began or step % _TICK == 0:
            self._tick(now)
            if began:
                run.core_ms.append(1e3 * (time.thread_time() - began))
            sim.send(self._command)
            self._actuation.add_command(now, self._command)
        rim = abs(truth.v) + self._half * abs(truth.w)
        run.gone += rim * sim.dt
        if sim.contacts:
            run.contact, run.speed = sim.contacts[0].t, rim
        if step % _TICK == 0:
            clearance = self._meter.distance(truth, sim.moving_solids())
            run.clearance = min(run.clearance, clearance)
            commanded = abs(self._command.v) + self._half * abs(self._command.w)
            self.rows.append((now, truth.x, truth.y, truth.yaw, rim, self._scale, clearance, commanded))

    def _take_scan(self, event: ScanEvent) -> None:
        scan = event.scan
        if self._policy is Policy.GUARD:
            self._guard.add_scan(scan, event.t_arrival)
            return
        if self.run.seen is None and self._shows_threat(scan):
            self.run.seen = event.t_arrival
        # what a guard gets that is to see nothing
        self._guard.add_scan(replace(scan, ranges=np.full_like(scan.ranges, np.inf)), event.t_arrival)

    def _tick(self, now: float) -> None:
        if self._policy is Policy.BRAKE and self.run.seen is not None:
            last, brake = self._command, self._trial.robot.params.brake_accel
            rim = abs(last.v) + self._half * abs(last.w)
            share = max(1.0 - brake * (now - self._commanded_at) / rim, 0.0) if rim > 0.0 else 0.0
            self._command = Command(share * last.v, share * last.w, last.screen_yaw)
        else:
            report = self._guard.tick(now)
            self._command, self._scale = report.command, report.scale
        self._commanded_at = now

    def _shows_threat(self, scan: Scan) -> bool:
        """Whether a beam ends on the threat where it was when that beam was taken."""
        beams = np.flatnonzero(np.isfinite(scan.ranges) & (scan.ranges <= scan.range_max))
        threat = self._trial.threat_at(scan.t + scan.ranges.size * scan.time_increment)
        if threat is None:
            return False
        ends = self._beam_ends(scan, beams)
        near = np.flatnonzero(_distances(ends, threat) < _HIT + _MOVES)
        for beam, end in zip(beams[near], ends[near]):
            threat = self._trial.threat_at(scan.t + beam * scan.time_increment)
            if threat is not None and _distances(end[None], threat)[0] < _HIT:
                return True
        return False

    def _beam_ends(self, scan: Scan, beams: np.ndarray) -> np.ndarray:
        """(N, 2) where beams really ended, world."""
        log = np.array(self._poses)
        log[:, 3] = np.unwrap(log[:, 3])
        at = scan.t + beams * scan.time_increment
        x, y, yaw = (np.interp(at, log[:, 0], log[:, k]) for k in (1, 2, 3))
        mount = scan.sensor_base
        c, s = np.cos(yaw), np.sin(yaw)
        angle = yaw + mount.yaw + scan.angle_min + beams * scan.angle_increment
        ranges = scan.ranges[beams]
        return np.column_stack(
            (
                x + c * mount.x - s * mount.y + ranges * np.cos(angle),
                y + s * mount.x + c * mount.y + ranges * np.sin(angle),
            )
        )


def _distances(points: np.ndarray, solid: Solid) -> np.ndarray:
    """(N,) from points (N, 2) to the outline of a solid, m."""
    if isinstance(solid, Box):
        distances: np.ndarray = np.abs(polygon_distances(np.ascontiguousarray(points), box_corners(solid)))
        return distances
    return np.abs(np.hypot(points[:, 0] - solid.x, points[:, 1] - solid.y) - solid.radius)
