"""The simulator: a world, a robot in it, time. What the robot is sent goes in; what its sensors say comes out when it arrives."""

from __future__ import annotations

import heapq
import math
from typing import NamedTuple

import mujoco
import numpy as np

from astro_nav_common.errors import InputError
from astro_nav_common.geometry import between, compose, inverse
from astro_nav_common.types import Command, Pose, Scan, State
from astro_nav_sim.contacts import Contact, ContactWatch
from astro_nav_sim.drive import Drive
from astro_nav_sim.lidar import Lidar
from astro_nav_sim.model import TIMESTEP, build_model
from astro_nav_sim.odometry import Odometry
from astro_nav_sim.robot import LidarParams, SimRobot
from astro_nav_sim.scenery import Scenery
from astro_nav_sim.world import Solid, World


class ScanEvent(NamedTuple):
    """A scan arrives."""

    scan: Scan
    t_arrival: float


class OdometryEvent(NamedTuple):
    """Odometry arrives; the state's t is when it was true."""

    state: State
    t_arrival: float


class JointEvent(NamedTuple):
    """The measured pan joint arrives: angle rad and rate rad/s at t."""

    t: float
    screen_yaw: float
    screen_rate: float
    t_arrival: float


#: m above the floor at which a robot is carried: over most furniture
LIFTED = 0.6


class Carried(NamedTuple):
    """The robot is carried: from a pose, by a change of pose, from t on, for so long, s; whether odometry notices."""

    begin: Pose
    change: Pose
    t: float
    duration: float
    noticed: bool


Event = ScanEvent | OdometryEvent | JointEvent


class Simulator:
    """Deterministic for a seed. Time starts at 0 and advances by `dt` a step."""

    dt = TIMESTEP

    def __init__(self, world: World, robot: SimRobot, seed: int, start: Pose | None = None) -> None:
        """Args: start: pose in the world, the world's own start by default; it is the odometry's origin."""
        self.world, self.robot = world, robot
        self.start = world.start if start is None else start
        self.model, self._handles = build_model(world, robot, self.start)
        self.data = mujoco.MjData(self.model)
        # one generator a sensor: adding one does not change what the others draw
        base_rng, odometry_rng, *lidar_rngs, self._link_rng, command_rng = (
            np.random.default_rng(s) for s in np.random.SeedSequence(seed).spawn(4 + len(robot.lidars))
        )
        # the radius that the controller and the encoders believe in; the real one is nominal
        self._radii = robot.params.wheel_radius * (1.0 + robot.base.wheel_radius_error * base_rng.standard_normal(2))
        self._drive = Drive(robot.params, robot.base, command_rng)
        self._odometry = Odometry(robot.odometry, odometry_rng)
        self._lidars = [Lidar(p, self.model, self._handles.base_body, rng) for p, rng in zip(robot.lidars, lidar_rngs)]
        self._scenery = Scenery(world, self._handles.mocap, robot.params)
        self._contacts = ContactWatch(self.model, self._handles.hull_geoms)
        self._odometry_steps = max(1, round(1.0 / (robot.odometry.rate_hz * TIMESTEP)))
        self._arrivals: list[tuple[float, int, Event]] = []
        self._events_sent = 0
        self._scan_arrivals: dict[str, float] = {}
        self._step = 0
        self._wheels_before = [0.0, 0.0]
        self._truth_before = self.start
        self._carried: Carried | None = None
        self._height = float(self.data.qpos[2])
        self._odom_pose = Pose(0.0, 0.0, 0.0)
        mujoco.mj_step1(self.model, self.data)

    @property
    def time(self) -> float:
        """Simulated time, s."""
        return self._step * TIMESTEP

    @property
    def contacts(self) -> list[Contact]:
        """The distinct contacts of hull or screen with anything, so far."""
        return self._contacts.contacts

    @property
    def touching(self) -> bool:
        """True while hull or screen touch anything."""
        return self._contacts.touching

    @property
    def odom_in_world(self) -> Pose:
        """Pose of the odometry's frame in the world, by the newest odometry taken: what perfect localisation would give."""
        return compose(self._truth_before, inverse(self._odom_pose))

    def moving_solids(self) -> list[Solid]:
        """Door leaves, movers and surprises as they stand now; the rest is `world.solids`."""
        return self._scenery.solids(self.time)

    def send(self, command: Command) -> None:
        """A command arrives at the base now; motion follows after the delay. Raises InputError if it is not finite."""
        if not all(map(math.isfinite, (command.v, command.w, command.screen_yaw))):
            raise InputError(f"{command} is not finite")
        self._drive.send(self.time, command)

    def step(self) -> list[Event]:
        """Advance by `dt`; the events that arrive at the new time, in the order of their arrival."""
        data, drive, handles = self.data, self._drive, self._handles
        drive.step(self.time, TIMESTEP)
        for speed, radius, (_, _, servo) in zip((drive.left, drive.right), self._radii, handles.wheels):
            data.ctrl[servo] = speed / radius
        if handles.pan is not None:
            data.ctrl[handles.pan[2]] = drive.pan
        mujoco.mj_step2(
            self.model, data
        )  # forces and integration, then, below, kinematics and contacts of the new state
        self._step += 1
        now = self.time
        if self._carried is not None:
            self._place()
        self._scenery.step(data, now, float(data.qpos[0]), float(data.qpos[1]))
        mujoco.mj_step1(self.model, data)
        self._contacts.update(data, now, math.hypot(data.qvel[0], data.qvel[1]))
        for lidar in self._lidars:
            scan = lidar.step(data, self._step)
            if scan is not None:
                self._send_scan(scan, lidar.params, now)
        if self._step % self._odometry_steps == 0:
            self._take_odometry(now)
        events: list[Event] = []
        while self._arrivals and self._arrivals[0][0] <= now + 1e-9:
            events.append(heapq.heappop(self._arrivals)[2])
        return events

    def carry(self, change: Pose, noticed: bool, duration: float = 0.0) -> None:
        """Somebody picks the robot up and puts it down elsewhere; meanwhile its wheels turn in the air.

        Args:
            change: the new pose in the present base frame.
            noticed: odometry tells of it, as a visual one does; else it knows the wheels alone.
            duration: s until it stands there.
        """
        self._carried = Carried(self.truth().pose, change, self.time, duration, noticed)

    @property
    def carried(self) -> bool:
        """True while somebody carries the robot."""
        return self._carried is not None

    def _place(self) -> None:
        """Put the robot where the hand that carries it is."""
        assert self._carried is not None
        begin, change, t, duration, _ = self._carried
        share = min((self.time - t) / duration, 1.0) if duration > 0.0 else 1.0
        pose = compose(begin, Pose(*(share * part for part in change)))
        data = self.data
        data.qpos[0:2] = pose.x, pose.y
        data.qpos[3:7] = math.cos(0.5 * pose.yaw), 0.0, 0.0, math.sin(0.5 * pose.yaw)
        data.qpos[2] = self._height + (LIFTED if share < 1.0 else 0.0)
        data.qvel[0:6] = 0.0

    def truth(self) -> State:
        """The true motion state in the world frame."""
        data = self.data
        qw, qx, qy, qz = data.qpos[3:7].tolist()
        yaw = math.atan2(2.0 * (qw * qz + qx * qy), 1.0 - 2.0 * (qy * qy + qz * qz))
        c, s = math.cos(yaw), math.sin(yaw)
        vx, vy, _, _, _, w = data.qvel[:6].tolist()
        ax, ay, _, _, _, alpha = data.qacc[:6].tolist()
        screen, rate = 0.0, 0.0
        if self._handles.pan is not None:
            position, velocity, _ = self._handles.pan
            screen, rate = float(data.qpos[position]), float(data.qvel[velocity])
        return State(
            self.time,
            float(data.qpos[0]),
            float(data.qpos[1]),
            yaw,
            c * vx + s * vy,
            w,
            c * ax + s * ay,
            alpha,
            screen,
            rate,
        )

    def _send_scan(self, scan: Scan, params: LidarParams, now: float) -> None:
        """A scan on its way: it may be late, or lost, but does not overtake another."""
        late, luck = self._link_rng.uniform(-1.0, 1.0), self._link_rng.random()
        arrival = max(now + max(params.latency + params.jitter * late, 0.0), self._scan_arrivals.get(params.name, 0.0))
        self._scan_arrivals[params.name] = arrival
        if luck >= params.loss:
            self._post(arrival, ScanEvent(scan, arrival))

    def _take_odometry(self, now: float) -> None:
        truth = self.truth()
        wheels = [float(self.data.qpos[position]) for position, _, _ in self._handles.wheels]
        distance = 0.5 * sum(r * (angle - before) for r, angle, before in zip(self._radii, wheels, self._wheels_before))
        turn = math.remainder(truth.yaw - self._truth_before.yaw, math.tau)
        dt = self._odometry_steps * TIMESTEP
        if self._carried is None:
            state = self._odometry.update(now, float(distance), turn, dt)
        elif self._carried.noticed:
            state = self._odometry.carried(now, between(self._truth_before, truth.pose), dt)
        else:
            state = self._odometry.update(now, float(distance), 0.0, dt)
        if self._carried is not None and now >= self._carried.t + self._carried.duration:
            self._carried = None
        self._wheels_before, self._truth_before, self._odom_pose = wheels, truth.pose, state.pose
        arrival = now + self.robot.odometry.latency
        self._post(arrival, OdometryEvent(state, arrival))
        if self._handles.pan is not None:
            self._post(arrival, JointEvent(now, truth.screen_yaw, truth.screen_rate, arrival))

    def _post(self, arrival: float, event: Event) -> None:
        heapq.heappush(self._arrivals, (arrival, self._events_sent, event))
        self._events_sent += 1
