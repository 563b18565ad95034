"""Messages of lidars and cameras as scans, and clouds that are refused."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

pytest.importorskip("rclpy", reason="needs ROS: run in the environment that `make setup` builds")
from rclpy.serialization import deserialize_message, serialize_message
from sensor_msgs.msg import LaserScan, PointCloud2, PointField

from astro_nav_common.errors import InputError
from astro_nav_ros.clouds import coordinates
from astro_nav_ros.node_params import SourceParams
from astro_nav_ros.sources import Source
from astro_nav_ros.transforms import Mount

#: 0.2 m above the floor, turned to the left
SIDEWAYS = Mount(np.array(((0.0, -1.0, 0.0, 0.1), (1.0, 0.0, 0.0, 0.0), (0.0, 0.0, 1.0, 0.2))))
POINTS = np.array([[(1.0, 2.0, 0.1), (3.0, 4.0, 0.2), (5.0, 6.0, 0.3)], [(7.0, 8.0, 0.4)] * 3])


def cloud(kind: str = "<f4", offsets: tuple[int, int, int] = (0, 4, 8), step: int = 16, pad: int = 0) -> PointCloud2:
    """POINTS as a message, as it arrives; `pad` bytes at the end of each row."""
    rows, cols = POINTS.shape[:2]
    point = np.dtype({"names": list("xyz"), "formats": [kind] * 3, "offsets": list(offsets), "itemsize": step})
    rows_bytes = b""
    for row in POINTS:
        packed = np.zeros(cols, point)
        for i, name in enumerate("xyz"):
            packed[name] = row[:, i]
        rows_bytes += packed.tobytes() + bytes(pad)
    datatype = PointField.FLOAT32 if kind.endswith("4") else PointField.FLOAT64
    fields = [PointField(name=n, offset=o, datatype=datatype, count=1) for n, o in zip("xyz", offsets)]
    message = PointCloud2(
        height=rows, width=cols, fields=fields, point_step=step, row_step=cols * step + pad, is_bigendian=kind[0] == ">"
    )
    message.data.frombytes(rows_bytes)
    return deserialize_message(serialize_message(message), PointCloud2)


@pytest.mark.parametrize(
    "layout",
    [
        {},
        {"offsets": (8, 0, 4), "step": 32, "pad": 8},
        {"kind": "<f8", "offsets": (0, 8, 16), "step": 24},
        {"kind": ">f4"},
    ],
)
def test_coordinates_are_found_in_any_layout(layout: dict[str, Any]) -> None:
    for i, values in enumerate(coordinates(cloud(**layout), "it")):
        assert values.dtype == np.float32
        np.testing.assert_allclose(values, POINTS[:, :, i], rtol=1e-6)


@pytest.mark.parametrize(
    ("rows", "cols", "kept"), [(480, 640, (240, 320)), (1, 400_000, (1, 100_000)), (270, 480, (270, 480))]
)
def test_large_clouds_are_thinned_out(rows: int, cols: int, kept: tuple[int, int]) -> None:
    message = PointCloud2(height=rows, width=cols, point_step=12, row_step=12 * cols)
    message.fields = [
        PointField(name=n, offset=4 * i, datatype=PointField.FLOAT32, count=1) for i, n in enumerate("xyz")
    ]
    message.data.frombytes(np.arange(3 * rows * cols, dtype=np.float32).tobytes())
    x, y, z = coordinates(message, "it")
    assert x.shape == y.shape == z.shape == kept
    assert (x[0, 0], y[0, 0], z[0, 0]) == (0.0, 1.0, 2.0)
    assert x[0, 1] == 3.0 * (cols // kept[1])


def test_coordinates_share_the_memory_of_the_message() -> None:
    message = cloud()
    x, _, _ = coordinates(message, "it")
    assert np.shares_memory(x, np.frombuffer(message.data, np.uint8))


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"fields": []}, "it has no field 'x'; it has: none"),
        ({"point_step": 10}, "ends at byte 12 of a point, and a point has 10"),
        ({"row_step": 20}, r"rows of 20 bytes \(row_step\) for 3 points of 16"),
        ({"height": 3}, "says 3 rows of 48 bytes and holds 96"),
        ({"width": 0}, "has no points"),
        ({"width": 60_000, "height": 60_000}, "says rows of 48 bytes"),
        ({"fields": [PointField(name=n, datatype=PointField.INT16, count=1) for n in "xyz"]}, "must be one FLOAT32"),
    ],
)
def test_a_cloud_that_contradicts_itself_is_refused(changes: dict[str, Any], sentence: str) -> None:
    message = cloud()
    for name, value in changes.items():
        setattr(message, name, value)
    with pytest.raises(InputError, match=sentence):
        coordinates(message, "it")


def test_a_cloud_becomes_a_scan_of_its_source() -> None:
    message = cloud()
    message.header.stamp.sec = 7
    source = Source("camera", SourceParams(data_type="PointCloud2", topic="depth/points", max_obstacle_height=0.35))
    source.warm_up()
    scan = source.scan(message, SIDEWAYS)
    assert (source.topic, scan.source, scan.layer, scan.t) == ("depth/points", "camera", "camera", 7.0)
    # of the points only the first, 0.3 m high, is low enough; it lies at (-2, 1) from the sensor in the base frame
    (i,) = np.flatnonzero(np.isfinite(scan.ranges))
    assert scan.ranges[i] == pytest.approx(math.hypot(2.0, 1.0), abs=1e-3)
    assert scan.angle_min + i * scan.angle_increment == pytest.approx(math.atan2(1.0, -2.0), abs=0.005)


def laser(beams: int = 5) -> LaserScan:
    message = LaserScan(angle_min=-1.0, angle_max=1.0, angle_increment=0.5, range_min=0.1, range_max=30.0)
    message.ranges.extend([1.0 + i for i in range(beams)])
    return message


def test_a_lidar_keeps_to_the_ranges_and_the_view_of_its_source() -> None:
    params = SourceParams(obstacle_min_range=0.3, obstacle_max_range=4.0, min_angle=0.4, max_angle=2.2)
    scan = Source("rear", params).scan(laser(), SIDEWAYS)  # beams at 0.57, 1.07, 1.57, 2.07, 2.57 in the base frame
    assert (scan.range_min, scan.range_max, scan.source, scan.layer) == (0.3, 4.0, "rear", "")
    np.testing.assert_array_equal(scan.ranges, [1.0, 2.0, 3.0, 4.0, math.nan])


def test_the_beams_of_a_lidar_upside_down_go_round_the_other_way() -> None:
    hanging = Mount(np.array(((1.0, 0.0, 0.0, 0.0), (0.0, -1.0, 0.0, 0.0), (0.0, 0.0, -1.0, 0.3))))
    scan = Source("scan", SourceParams()).scan(laser(), hanging)
    assert (scan.angle_min, scan.angle_increment) == (1.0, -0.5)


def test_a_band_without_height_is_refused() -> None:
    with pytest.raises(Exception, match=r"min_obstacle_height = 0\.7 must be less than max_obstacle_height = 0\.6"):
        SourceParams(min_obstacle_height=0.7)
