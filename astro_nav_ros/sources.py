"""Sources of scans: messages of a lidar or a depth camera, as scans of the part of them that counts."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import numpy as np
from sensor_msgs.msg import LaserScan, PointCloud2, PointField

from astro_nav_common.flatten import Slice, flatten
from astro_nav_common.types import Scan
from astro_nav_ros.clouds import coordinates
from astro_nav_ros.conversions import scan_of, seconds
from astro_nav_ros.node_params import SourceParams
from astro_nav_ros.transforms import Mount

MESSAGES = {"LaserScan": LaserScan, "PointCloud2": PointCloud2}


class Source:
    """One source: its name, its topic, and what is made of its messages."""

    def __init__(self, name: str, params: SourceParams) -> None:
        """Args: name: as in `observation_sources`; the scans bear it."""
        self.name, self._params = name, params
        self.topic = params.topic or name
        self.message = MESSAGES[params.data_type]
        self._slice = Slice(
            params.min_obstacle_height, params.max_obstacle_height, params.obstacle_min_range, params.obstacle_max_range
        )

    def warm_up(self) -> None:
        """Compile what this source needs, on a cloud of one point."""
        if self.message is PointCloud2:
            fields = [
                PointField(name=n, offset=4 * i, datatype=PointField.FLOAT32, count=1) for i, n in enumerate("xyz")
            ]
            cloud = PointCloud2(height=1, width=1, fields=fields, point_step=12, row_step=12)
            cloud.data.frombytes(bytes(12))
            self.scan(cloud, Mount(np.eye(3, 4)))

    def scan(self, message: Any, mount: Mount) -> Scan:
        """The scan of a message from a sensor mounted there. Raises InputError for messages that cannot be used."""
        if self.message is PointCloud2:
            x, y, z = coordinates(message, f"the cloud from '{self.name}'")
            stamp = seconds(message.header.stamp)
            scan = flatten(x, y, z, mount.T_base_sensor, self._slice, stamp, self.name)
        else:
            scan = self._limited(scan_of(message, mount.pose_base, self.name), mount.upside_down)
        return self._in_view(scan)

    def _limited(self, scan: Scan, upside_down: bool) -> Scan:
        """The scan within this source's ranges; of a lidar that hangs upside down the beams go round the other way."""
        part, turned = self._slice, -1.0 if upside_down else 1.0
        return replace(
            scan, range_min=max(scan.range_min, part.range_min), range_max=min(scan.range_max, part.range_max),
            angle_min=turned * scan.angle_min, angle_increment=turned * scan.angle_increment,
        )  # fmt: skip

    def _in_view(self, scan: Scan) -> Scan:
        """The scan without the beams outside the field of view."""
        low, high = self._params.min_angle, self._params.max_angle
        if high - low >= math.tau:
            return scan
        angles = scan.sensor_base.yaw + scan.angle_min + scan.angle_increment * np.arange(scan.ranges.size)
        inside = (angles - low) % math.tau <= high - low
        return replace(scan, ranges=np.where(inside, scan.ranges, np.float32(np.nan)))
