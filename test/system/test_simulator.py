"""The simulated robot on ROS, as any stack would use it."""

from __future__ import annotations

import math
from pathlib import Path

import pytest

pytest.importorskip("rclpy", reason="needs ROS: run in the environment that `make setup` builds")
from astro_nav_msgs.msg import ContactReport
from geometry_msgs.msg import Twist, Vector3
from nav_msgs.msg import Odometry
from rclpy.time import Time
from sensor_msgs.msg import JointState, LaserScan
from std_msgs.msg import Float64
from tf2_ros import Buffer, TransformListener

from astro_nav_ros import qos
from astro_nav_tools.live.processes import Processes

from .client import Client
from .conftest import WORLD


def test_it_drives_looks_and_bumps_as_told(client: Client, tmp_path: Path) -> None:
    heard: dict[type, list] = {kind: [] for kind in (ContactReport, Odometry, JointState, LaserScan)}  # type: ignore[type-arg]
    topics = {
        ContactReport: "/ground_truth/contacts",
        Odometry: "/odom",
        JointState: "/joint_states",
        LaserScan: "/scan",
    }
    for kind, topic in topics.items():
        profile = qos.LATCHED if kind is ContactReport else qos.SENSOR
        client.node.create_subscription(kind, topic, heard[kind].append, profile)
    buffer = Buffer()
    listener = TransformListener(buffer, client.node)
    commands = client.node.create_publisher(Twist, "/cmd_vel", 1)
    screen = client.node.create_publisher(Float64, "/screen/command", 1)
    with Processes(tmp_path) as processes:
        processes.start("simulator", "astro_nav_sim.node", world=WORLD, start="[1.0,1.5,0.0]")
        client.until(lambda: all(heard.values()) and math.isfinite(client.pose[0]), "the simulated robot")
        client.until(lambda: commands.get_subscription_count(), "it to listen")
        assert heard[ContactReport][-1].total == 0

        def moment() -> Time:
            return Time.from_msg(heard[LaserScan][-1].header.stamp)

        frame = heard[LaserScan][-1].header.frame_id
        client.until(lambda: buffer.can_transform("map", frame, moment()), "transforms at a scan's time")
        scan, mount = heard[LaserScan][-1], buffer.lookup_transform("map", frame, moment())
        assert (mount.transform.translation.x, mount.transform.translation.y) == pytest.approx((1.0, 1.5), abs=0.2)
        ahead = scan.ranges[round(-scan.angle_min / scan.angle_increment)]
        assert ahead == pytest.approx(6.0 - mount.transform.translation.x, abs=0.1)

        def push() -> bool:
            commands.publish(Twist(linear=Vector3(x=0.8)))
            screen.publish(Float64(data=0.5))
            return bool(heard[ContactReport][-1].total)

        client.until(push, "the wall")
        report = heard[ContactReport][-1]
        assert report.touching and report.position.x == pytest.approx(6.0, abs=0.1)
        assert heard[JointState][-1].position[0] == pytest.approx(0.5, abs=0.05)
        assert client.pose[0] > 5.0
        # without commands the base stops by itself
        client.until(lambda: heard[Odometry][-1].twist.twist.linear.x == pytest.approx(0.0, abs=0.02), "it to stop")
        assert set(processes.end().values()) == {0}
    listener.unregister()
