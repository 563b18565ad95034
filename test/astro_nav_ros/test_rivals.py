"""Noticing another sender of cmd_vel: the guard's node and a joystick in one process."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest

pytest.importorskip("rclpy", reason="needs ROS: run in the environment that `make setup` builds")
from geometry_msgs.msg import Twist, Vector3
from rclpy.node import Node

from astro_nav_ros import qos
from astro_nav_ros.rivals import Rivals
from astro_nav_ros.runtime import make_executor

PATIENCE = 60.0


class Bench:
    """A node whose cmd_vel is remapped, and a joystick that sends there."""

    def __init__(self, context: Any) -> None:
        remap = ["--ros-args", "-r", "cmd_vel:=base/cmd_vel"]
        self.guard = Node("guard", context=context, cli_args=remap)
        self.joystick = Node("joystick", context=context)
        self.executor = make_executor(context)
        self.executor.add_node(self.guard)
        self.executor.add_node(self.joystick)
        self.guard.create_publisher(Twist, "cmd_vel", qos.NEWEST)
        self._stick = self.joystick.create_publisher(Twist, "base/cmd_vel", qos.DEFAULT)
        self.overruled = 0
        self.rivals = Rivals(self.guard, Twist, self._overrule)

    def _overrule(self) -> None:
        self.overruled += 1

    def push(self, until: Callable[[], Any], patience: float) -> bool:
        """Push the stick until something is so; False if that takes too long."""
        end = time.monotonic() + patience
        while not until() and time.monotonic() < end:
            self._stick.publish(Twist(linear=Vector3(x=0.3)))
            self.executor.spin_once(0.02)
        return bool(until())


@pytest.fixture
def bench(ros_context: Any) -> Iterator[Bench]:
    bench = Bench(ros_context)
    yield bench
    bench.rivals.stop()
    bench.guard.destroy_node()
    bench.joystick.destroy_node()
    bench.executor.shutdown()


def test_a_rival_is_overruled_and_named_where_cmd_vel_is_remapped(bench: Bench) -> None:
    assert bench.push(lambda: bench.overruled, PATIENCE)
    assert "joystick" in (bench.rivals.describe() or "")


def test_after_the_stop_nobody_is_overruled(bench: Bench) -> None:
    """A guard that is paused has handed the base to the joystick."""
    assert bench.push(lambda: bench.overruled, PATIENCE)
    bench.rivals.stop()
    before = bench.overruled
    assert not bench.push(lambda: bench.overruled > before, 0.5)
    assert bench.rivals.describe() is None
    assert not list(bench.guard.subscriptions)
