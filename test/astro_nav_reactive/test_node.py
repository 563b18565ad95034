"""The guard's node: parameters changed while it is active."""

from __future__ import annotations

import math
import time
from collections.abc import Iterator
from typing import Any

import pytest

pytest.importorskip("rclpy", reason="needs ROS: run in the environment that `make setup` builds")
import numpy as np
import rclpy
from rclpy.lifecycle import TransitionCallbackReturn
from rclpy.parameter import Parameter
from sensor_msgs.msg import LaserScan

from astro_nav_common.types import State
from astro_nav_reactive.node import ReactiveGuardNode
from astro_nav_ros import qos
from astro_nav_ros.conversions import stamp
from astro_nav_ros.runtime import make_executor

OK = TransitionCallbackReturn.SUCCESS


@pytest.fixture
def active() -> Iterator[tuple[Any, Any]]:
    """An active guard, and its executor."""
    rclpy.init(args=["--ros-args", "-p", "realtime_priority:=0"])
    node: Any = ReactiveGuardNode()
    executor = make_executor()
    executor.add_node(node)
    assert node.trigger_configure() == OK and node.trigger_activate() == OK
    node.heard = []
    add = node._guard.add_scan
    node._guard.add_scan = lambda scan, now: (node.heard.append(scan), add(scan, now))
    yield node, executor
    node.trigger_deactivate()
    executor.shutdown()
    node.destroy_node()
    rclpy.try_shutdown()


@pytest.fixture
def mouth(active: tuple[Any, Any]) -> Iterator[Any]:
    """Publishes scans, and runs with the guard."""
    _node, executor = active
    other: Any = rclpy.create_node("lidar")
    executor.add_node(other)
    publisher = other.create_publisher(LaserScan, "scan", qos.DEFAULT)
    end = time.monotonic() + 60.0
    while not publisher.get_subscription_count():
        assert time.monotonic() < end, "waited in vain for the guard to listen"
        executor.spin_once(0.02)
    yield publisher
    other.destroy_node()


def scan_of(beams: int) -> LaserScan:
    step = math.tau / beams
    scan = LaserScan(angle_min=-math.pi, angle_increment=step, range_min=0.1, range_max=10.0)
    scan.ranges.frombytes(np.full(beams, 1.0, np.float32).tobytes())
    scan.header.frame_id = "base_link"
    return scan


def counts(node: Any) -> dict[str, float]:
    return {item.key: float(item.value) for item in node.health.status(0.0).values}


def ticks(node: Any, executor: Any, seconds: float) -> float:
    """Ticks a second."""
    before, began = node._ticks, time.monotonic()
    while time.monotonic() < began + seconds:
        executor.spin_once(0.02)
    return float((node._ticks - before) / (time.monotonic() - began))


def test_a_scan_of_more_beams_than_any_lidar_has_is_refused(active: tuple[Any, Any], mouth: Any) -> None:
    node, executor = active
    end = time.monotonic() + 60.0
    while not counts(node).get("dropped_inputs"):
        assert time.monotonic() < end, "waited in vain for a refusal"
        mouth.publish(scan_of(40_000))
        ticks(node, executor, 0.1)
    assert not node.heard


def test_a_flood_of_large_scans_leaves_the_guard_its_rate(active: tuple[Any, Any], mouth: Any) -> None:
    node, executor = active
    scan, sent, before, began = scan_of(30_000), 0, node._ticks, time.monotonic()
    while time.monotonic() < began + 3.0:
        while sent < 100.0 * (time.monotonic() - began):
            node._guard.add_odometry(State(node.now(), 0.0, 0.0, 0.0), node.now())
            scan.header.stamp = stamp(node.now())
            mouth.publish(scan)
            sent += 1
        executor.spin_once(0.002)
    took = time.monotonic() - began
    assert (node._ticks - before) / took > 25.0  # without the budget it is 1 a second
    assert 5 < len(node.heard) < took * 2**21 / 120_000 + 3  # by what its bytes cost, not by its rate
    assert counts(node)["flooded_inputs"] > sent / 4


def test_the_rate_can_be_changed_while_active(active: tuple[Any, Any]) -> None:
    node, executor = active
    # the best of some looks: one that is held up counts less
    assert max(ticks(node, executor, 0.5) for _ in range(4)) == pytest.approx(50.0, abs=6.0)
    (result,) = node.set_parameters([Parameter("rate_hz", value=20.0)])
    assert result.successful, result.reason
    assert max(ticks(node, executor, 0.5) for _ in range(4)) == pytest.approx(20.0, abs=4.0)
