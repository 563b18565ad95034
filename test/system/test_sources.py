"""Several sources of scans, over DDS: a lidar and a depth camera, each in its own frame, in one local map and before one guard."""

from __future__ import annotations

from array import array
from pathlib import Path
from typing import Any

import numpy as np
import pytest

rclpy = pytest.importorskip("rclpy", reason="needs ROS: run in the environment that `make setup` builds")
from astro_nav_msgs.msg import GuardState  # noqa: E402
from geometry_msgs.msg import Quaternion, TransformStamped  # noqa: E402
from nav_msgs.msg import OccupancyGrid, Odometry  # noqa: E402
from sensor_msgs.msg import LaserScan, PointCloud2, PointField  # noqa: E402
from tf2_msgs.msg import TFMessage  # noqa: E402

from astro_nav_ros import qos  # noqa: E402
from astro_nav_ros.conversions import grid_of  # noqa: E402
from astro_nav_tools.live.processes import Processes  # noqa: E402

from .client import STARTING, Client  # noqa: E402

SOURCES = {
    "observation_sources": "[front, camera]",
    "camera.data_type": "PointCloud2",
    "camera.topic": "depth/points",
}
#: z ahead, x to the right, y down
OPTICAL = Quaternion(x=-0.5, y=0.5, z=-0.5, w=0.5)


class Sensors:
    """A robot at rest: odometry, a lidar that sees a wall behind, and a camera that sees a shelf ahead, above the lidar's plane."""

    def __init__(self, client: Client) -> None:
        node = client.node
        self._node = node
        self._odom = node.create_publisher(Odometry, "/odom", 10)
        self._front = node.create_publisher(LaserScan, "/front", 10)
        self._cloud = node.create_publisher(PointCloud2, "/depth/points", 10)
        self._tf = node.create_publisher(TFMessage, "/tf_static", qos.TF_STATIC)
        self._tf.publish(
            TFMessage(transforms=[mount("laser", 0.2, Quaternion(z=1.0, w=0.0)), mount("lens", 0.4, OPTICAL)])
        )
        self.broken = False
        self._timer = node.create_timer(0.05, self._send)

    def close(self) -> None:
        """Fall silent."""
        self._node.destroy_timer(self._timer)
        for publisher in (self._odom, self._front, self._cloud, self._tf):
            self._node.destroy_publisher(publisher)

    def _send(self) -> None:
        now = self._node.get_clock().now().to_msg()
        odometry = Odometry(child_frame_id="base_link")
        scan = LaserScan(angle_min=-1.0, angle_max=1.0, angle_increment=0.02, range_min=0.05, range_max=8.0)
        scan.ranges = array("f", (1.3 / np.cos(-1.0 + 0.02 * np.arange(101))).astype(np.float32).tobytes())
        right, down = np.meshgrid(np.linspace(-0.5, 0.5, 60), np.linspace(-0.1, 0.1, 10))
        points = np.stack((right, down, np.full_like(right, 1.2)), axis=-1).astype(np.float32)
        fields = [PointField(name=n, offset=4 * i, datatype=PointField.FLOAT32, count=1) for i, n in enumerate("xyz")]
        cloud = PointCloud2(
            height=10, width=60, fields=fields, point_step=12, row_step=720, data=array("B", points.tobytes())
        )
        if self.broken:
            cloud.point_step = 8
        for message, frame, publisher in (
            (odometry, "odom", self._odom), (scan, "laser", self._front), (cloud, "lens", self._cloud),
        ):  # fmt: skip
            message.header.stamp, message.header.frame_id = now, frame
            publisher.publish(message)


def mount(frame: str, z: float, rotation: Quaternion) -> TransformStamped:
    transform = TransformStamped(child_frame_id=frame)
    transform.header.frame_id = "base_link"
    transform.transform.translation.z, transform.transform.rotation = z, rotation
    return transform


def test_lidar_and_camera_are_seen_together_and_a_bad_cloud_stops_the_robot_with_its_reason(
    client: Client, tmp_path: Path
) -> None:
    heard: dict[str, Any] = {}
    node = client.node
    listeners = (
        node.create_subscription(OccupancyGrid, "/local_costmap/costmap", lambda m: heard.update(map=m), qos.LATCHED),
        node.create_subscription(GuardState, "/guard/state", lambda m: heard.update(guard=m), 10),
    )
    sensors = Sensors(client)

    def sees(x: float, y: float) -> bool:
        if "map" not in heard:
            return False
        grid = grid_of(heard["map"], "the map")
        row, col = grid.cell(x, y)
        return bool((grid.data[row - 1 : row + 2, col - 1 : col + 2] == 100).any())

    def guard_says(code: int, reason: str = "") -> bool:
        return "guard" in heard and heard["guard"].code == code and reason in heard["guard"].reason

    with Processes(tmp_path) as processes:
        processes.start("local", "astro_nav_local.node", **SOURCES)
        processes.start("guard", "astro_nav_reactive.node", **SOURCES)
        client.until(lambda: sees(-1.3, 0.0) and sees(1.2, 0.3), "the wall behind and the shelf ahead", STARTING)
        assert not sees(1.3, 1.3) and not sees(-0.6, 0.0)
        client.until(lambda: guard_says(GuardState.OK), "the guard to have all it needs")
        sensors.broken = True
        client.until(lambda: guard_says(GuardState.INVALID_INPUT, "point_step"), "the reason of the stop")
        sensors.broken = False
        client.until(lambda: guard_says(GuardState.OK), "recovery")
        processes.check()
    sensors.close()
    for listener in listeners:
        node.destroy_subscription(listener)
