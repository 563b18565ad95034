"""Scans to a running guard and its commands back, over DDS, with the time from a scan's stamp to the receipt of its command."""

from __future__ import annotations

import math
import time
from dataclasses import replace

import numpy as np
import rclpy
from astro_nav_msgs.msg import Trajectory as TrajectoryMessage
from geometry_msgs.msg import Twist
from nav_msgs.msg import Odometry
from rclpy.executors import SingleThreadedExecutor
from rclpy.node import Node
from sensor_msgs.msg import LaserScan
from tf2_msgs.msg import TFMessage

from astro_nav_common.conventions import BASE_FRAME, ODOM_FRAME
from astro_nav_common.errors import InputError
from astro_nav_common.types import Pose, Scan, State
from astro_nav_ros import qos
from astro_nav_ros.conversions import odometry_message, scan_message, stamp, transform_message
from astro_nav_ros.own_messages import trajectory_message
from astro_nav_ros.priority import use_realtime
from astro_nav_tools.bench.guard_trials import noisy_robot, steady_plan

SPEED = 0.5  # m/s
BEAMS = 360
#: s between odometry, and between plans
_ODOMETRY, _PLAN = 0.02, 0.1
#: s after a tick of the guard's timer at which a scan is sent: the next command is then the scan's, and not a tick's
_AFTER_TICK = 0.005
_SENSOR_FRAME = "base_scan"
#: s for the guard to start and be discovered, and to settle
_STARTING, _WARM_UP = 30.0, 3.0
#: the meter is before the guard: it plays the part of hardware
_PRIORITY = 20


def measure(seconds: float) -> np.ndarray:
    """Latencies (N,) ms of a guard that runs in this ROS domain. Raises InputError if none answers."""
    rclpy.init()
    try:
        probe = Probe()
        use_realtime(_PRIORITY)  # where it may not, its own waiting is in the figures
        end = time.monotonic() + _STARTING
        while not probe.latencies_ms and time.monotonic() < end:
            probe.run(1.0)
        if not probe.latencies_ms:
            raise InputError(f"the guard has not answered a scan within {_STARTING:g} s")
        probe.run(_WARM_UP)
        probe.latencies_ms.clear()
        probe.run(seconds)
        probe.destroy_node()
        return np.array(probe.latencies_ms)
    finally:
        rclpy.try_shutdown()


class Probe(Node):
    """Plays the robot's sensors and planner at a steady speed; every second tick of the guard's timer is followed by a scan."""

    def __init__(self, seed: int = 0) -> None:
        super().__init__("guard_latency_probe")
        self.latencies_ms: list[float] = []
        self._rng = np.random.default_rng(seed)
        self._odometry = self.create_publisher(Odometry, "odom", qos.DEFAULT)
        self._plans = self.create_publisher(TrajectoryMessage, "trajectory", qos.NEWEST)
        self._scans = self.create_publisher(LaserScan, "scan", qos.DEFAULT)
        self._tf_static = self.create_publisher(TFMessage, "/tf_static", qos.TF_STATIC)
        self._tf_static.publish(
            TFMessage(transforms=[transform_message(Pose(0.0, 0.0, 0.0), BASE_FRAME, _SENSOR_FRAME, time.time())])
        )
        self.create_subscription(Twist, "cmd_vel", self._hear, qos.NEWEST)
        self._began = time.time()
        plan = steady_plan(noisy_robot("astro").params, SPEED, 0.0)
        self._steady = plan.sample(float(plan.t[-1]) - 4.0)
        self._plan = plan
        self._sent_at: float | None = None
        self._due = math.inf
        self._ticks = 0
        self._message = self._scan()

    def run(self, seconds: float) -> None:
        """Send and listen for some time; what was measured is in `latencies_ms`."""
        executor = SingleThreadedExecutor()
        executor.add_node(self)
        end = time.time() + seconds
        odometry = plan = time.time()
        while (now := time.time()) < end and rclpy.ok():
            if now >= self._due:
                self._send_scan()
            elif now >= odometry:
                odometry = max(odometry + _ODOMETRY, now)
                self._send_odometry(now)
            elif now >= plan:
                plan = max(plan + _PLAN, now)
                self._send_plan(now)
            else:
                executor.spin_once(timeout_sec=min(odometry, plan, self._due, end) - now)
        executor.shutdown()

    def _hear(self, message: Twist) -> None:
        now = time.time()
        if self._sent_at is not None:
            self.latencies_ms.append(1e3 * (now - self._sent_at))
            self._sent_at = None
            return
        self._ticks += 1
        if self._ticks % 2 == 0:
            self._due = now + _AFTER_TICK

    def _send_scan(self) -> None:
        self._due = math.inf
        self._sent_at = time.time()
        self._message.header.stamp = stamp(self._sent_at)
        self._scans.publish(self._message)
        self._message = self._scan()  # the next one, ahead of time

    def _scan(self) -> LaserScan:
        """A room with things near the way on both sides, as they would be seen at any time."""
        bearings = -math.pi + math.tau / BEAMS * np.arange(BEAMS)
        ranges = np.where(np.abs(np.abs(bearings) - 1.5) < 0.5, 0.6, 3.0) + 0.01 * self._rng.standard_normal(BEAMS)
        scan = Scan(0.0, ranges.astype(np.float32), -math.pi, math.tau / BEAMS, 0.1, 10.0)
        return scan_message(scan, _SENSOR_FRAME, 0.05)

    def _send_odometry(self, now: float) -> None:
        state = State(now, SPEED * (now - self._began), 0.0, 0.0, SPEED, 0.0)
        self._odometry.publish(odometry_message(state, ODOM_FRAME, BASE_FRAME))

    def _send_plan(self, now: float) -> None:
        plan, steady = self._plan, self._steady
        later = plan.t >= steady.t
        shifted = {name: getattr(plan, name)[later] for name in plan.ARRAYS}
        shifted["t"] = shifted["t"] - steady.t + now
        shifted["x"] = shifted["x"] - steady.x + SPEED * (now - self._began)
        self._plans.publish(trajectory_message(replace(plan, **shifted, sense_t=now), ODOM_FRAME))
