"""The guard's node: parameters changed while it is active."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import pytest

pytest.importorskip("rclpy", reason="needs ROS: run in the environment that `make setup` builds")
import rclpy
from rclpy.lifecycle import TransitionCallbackReturn
from rclpy.parameter import Parameter

from astro_nav_reactive.node import ReactiveGuardNode
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
    yield node, executor
    node.trigger_deactivate()
    executor.shutdown()
    node.destroy_node()
    rclpy.try_shutdown()


def ticks(node: Any, executor: Any, seconds: float) -> float:
    """Ticks a second."""
    before, began = node._ticks, time.monotonic()
    while time.monotonic() < began + seconds:
        executor.spin_once(0.02)
    return float((node._ticks - before) / (time.monotonic() - began))


def test_the_rate_can_be_changed_while_active(active: tuple[Any, Any]) -> None:
    node, executor = active
    assert ticks(node, executor, 1.0) == pytest.approx(50.0, abs=5.0)
    (result,) = node.set_parameters([Parameter("rate_hz", value=20.0)])
    assert result.successful, result.reason
    assert ticks(node, executor, 1.0) == pytest.approx(20.0, abs=3.0)
