"""The node `simulator`: the simulated robot as a real one appears on ROS, paced by the wall clock."""

from __future__ import annotations

import math
import sys
import time

import numpy as np
from astro_nav_msgs.msg import ContactReport
from geometry_msgs.msg import Twist, TwistStamped
from nav_msgs.msg import Odometry
from rclpy.clock import Clock as RosClock, ClockType
from rosgraph_msgs.msg import Clock
from sensor_msgs.msg import JointState, LaserScan
from std_msgs.msg import Float64
from tf2_msgs.msg import TFMessage

from astro_nav_common.errors import ParameterError
from astro_nav_common.geometry import compose
from astro_nav_common.types import Command, Pose, State
from astro_nav_ros import qos
from astro_nav_ros.conversions import odometry_message, scan_message, stamp, transform_message
from astro_nav_ros.node_params import SimulatorNodeParams
from astro_nav_ros.own_messages import contact_message
from astro_nav_ros.runtime import ManagedNode, run
from astro_nav_sim.localisation import LocalisationError
from astro_nav_sim.robot import SimRobot, load_sim_robot
from astro_nav_sim.servers.amcl import AmclTopics
from astro_nav_sim.simulator import Event, JointEvent, OdometryEvent, ScanEvent, Simulator
from astro_nav_sim.worlds import load_world

#: s that the simulation may lag (the machine is busy) before the lost time is given up: made good in one burst, it would be
#: a jump of the clock, and every deadline in it missed
LARGEST_LAG = 0.05
#: s between messages of ground truth, exactly
TRUTH_PERIOD = 0.02
#: one in so many measurements of the pan joint (which come with the odometry) is published
JOINT_EVERY = 2
#: s without cmd_vel after which a screen command goes to the base by itself
ALONE = 0.1


class SimulatorNode(ManagedNode):
    """Steps the simulator in real time; publishes what arrives from its sensors, /clock, transforms and ground truth."""

    def __init__(self) -> None:
        """Declare the parameters."""
        super().__init__("simulator", fixed=(SimulatorNodeParams,))
        if self.parameters.get(SimulatorNodeParams).localisation:
            self.stand_in_for("amcl")

    def setup(self) -> None:
        """Build the simulation and the publishers."""
        self._params = params = self.parameters.get(SimulatorNodeParams)
        if len(params.start) not in (0, 3):
            raise ParameterError(
                f"SimulatorNodeParams.start = {list(params.start)} must be x, y, yaw (m, m, rad) or empty"
            )
        robot = load_sim_robot(params.robot).delayed(params.sensing_latency, params.actuation_latency)
        self._robot: SimRobot = robot.ideal() if params.ideal else robot
        self._sim = Simulator(
            load_world(params.world, params.seed),
            self._robot,
            params.seed,
            Pose(*params.start) if params.start else None,
        )
        self._error = LocalisationError(params.localisation_noise, np.random.default_rng([params.seed, 1]))
        self._screen_yaw, self._last_twist = 0.0, -math.inf
        self._contacts_told, self._steps, self._joints_taken = (0, False), 0, 0
        self._truth_steps = max(1, round(TRUTH_PERIOD / self._sim.dt))

        create = self.create_publisher
        self._clock_publisher = create(Clock, "/clock", qos.CLOCK)
        self._tf = create(TFMessage, "/tf", qos.TF)
        self._tf_static = create(TFMessage, "/tf_static", qos.TF_STATIC)
        self._odom = create(Odometry, "odom", qos.DEFAULT)
        self._truth = create(Odometry, "ground_truth/odom", qos.DEFAULT)
        self._contacts = create(ContactReport, "ground_truth/contacts", qos.LATCHED)
        self._joints = create(JointState, "joint_states", qos.DEFAULT)
        self._scans = {lidar.name: create(LaserScan, lidar.name, qos.DEFAULT) for lidar in self._robot.lidars}
        self._periods = {lidar.name: 1.0 / lidar.rate_hz for lidar in self._robot.lidars}

    def start(self) -> None:
        """Announce what is fixed, then let time run."""
        frame = self._params.robot_base_frame
        mounts = [
            transform_message(lidar.mount_base, frame, _sensor_frame(lidar.name), self._sim.time)
            for lidar in self._robot.lidars
        ]
        self._tf_static.publish(TFMessage(transforms=mounts))
        self._publish_contacts()
        if self._params.enable_stamped_cmd_vel:
            self.create_subscription(
                TwistStamped, "cmd_vel", lambda message: self._take_twist(message.twist), qos.NEWEST
            )
        else:
            self.create_subscription(Twist, "cmd_vel", self._take_twist, qos.NEWEST)
        self.create_subscription(Float64, "screen/command", self._take_screen, qos.NEWEST)
        if self._params.localisation:
            self._amcl = AmclTopics(self, self._params.global_frame, self._params.localisation_noise)
        self._wall_start, self._sim_start = time.monotonic(), self._sim.time
        self.create_timer(1.0 / self._params.clock_hz, self._advance, clock=RosClock(clock_type=ClockType.STEADY_TIME))

    def _take_twist(self, twist: Twist) -> None:
        v, w = twist.linear.x, twist.angular.z
        if not (math.isfinite(v) and math.isfinite(w)):
            self.get_logger().warning(f"cmd_vel ({v}, {w}) is not finite: ignored", throttle_duration_sec=5.0)
            return
        self._last_twist = self._sim.time
        self._sim.send(Command(v, w, self._screen_yaw))

    def _take_screen(self, message: Float64) -> None:
        if not math.isfinite(message.data):
            return
        self._screen_yaw = message.data  # goes along with the next cmd_vel
        if self._sim.time - self._last_twist > ALONE:
            self._sim.send(Command(0.0, 0.0, self._screen_yaw))

    def _advance(self) -> None:
        """Simulate up to the present, then publish the time, then what arrived."""
        watched = self._truth.get_subscription_count() > 0
        target = self._sim_start + (time.monotonic() - self._wall_start) * self._params.real_time_factor
        if target - self._sim.time > LARGEST_LAG * max(1.0, self._params.real_time_factor):
            self.health.sample("lost_s", target - self._sim.time)
            self._wall_start, self._sim_start = time.monotonic(), self._sim.time
            target = self._sim.time + self._sim.dt
        events: list[Event] = []
        truths: list[State] = []
        while self._sim.time + self._sim.dt <= target + 1e-9:
            events += self._sim.step()
            self._steps += 1
            if self._steps % self._truth_steps == 0 and watched:
                truths.append(self._sim.truth())
        self._clock_publisher.publish(Clock(clock=stamp(self._sim.time)))
        for event in events:
            if isinstance(event, ScanEvent):
                scan = event.scan
                self._scans[scan.source].publish(
                    scan_message(scan, _sensor_frame(scan.source), self._periods[scan.source])
                )
            elif isinstance(event, OdometryEvent):
                self._publish_odometry(event)
            else:
                self._publish_joint(event)
        for truth in truths:
            self._truth.publish(odometry_message(truth, self._params.global_frame, self._params.robot_base_frame))
        if (len(self._sim.contacts), self._sim.touching) != self._contacts_told:
            self._publish_contacts()

    def _publish_odometry(self, event: OdometryEvent) -> None:
        params, state = self._params, event.state
        transforms = [transform_message(state.pose, params.odom_frame, params.robot_base_frame, state.t)]
        if params.localisation:
            believed = self._error.applied(self._sim.odom_in_world, 1.0 / self._robot.odometry.rate_hz)
            transforms.append(transform_message(believed, params.global_frame, params.odom_frame, state.t))
            self._amcl.believe(compose(believed, state.pose), state.t)
        # transforms first: who is told of new odometry can then look it up
        self._tf.publish(TFMessage(transforms=transforms))
        self._odom.publish(odometry_message(state, params.odom_frame, params.robot_base_frame))

    def _publish_joint(self, event: JointEvent) -> None:
        self._joints_taken += 1
        if self._joints_taken % JOINT_EVERY:
            return
        message = JointState(name=[self._params.pan_joint], position=[event.screen_yaw], velocity=[event.screen_rate])
        message.header.stamp = stamp(event.t)
        self._joints.publish(message)

    def _publish_contacts(self) -> None:
        contacts, touching = self._sim.contacts, self._sim.touching
        self._contacts_told = (len(contacts), touching)
        last = (contacts[-1].body, contacts[-1].x, contacts[-1].y) if contacts else None
        self._contacts.publish(
            contact_message(len(contacts), touching, last, self._params.global_frame, self._sim.time)
        )


def _sensor_frame(lidar: str) -> str:
    return f"{lidar}_frame"


def main() -> int:
    """Entry point."""
    return run(SimulatorNode, "simulator")


if __name__ == "__main__":
    sys.exit(main())
