"""What is believed of the commands heard."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import pytest

pytest.importorskip("rclpy", reason="needs ROS: run in the environment that `make setup` builds")
from geometry_msgs.msg import Twist, Vector3
from std_msgs.msg import Float64

from astro_nav_common.types import Command
from astro_nav_ros.sent_commands import SentCommands


class Node:
    """Keeps the callbacks of subscriptions by topic."""

    def __init__(self) -> None:
        self.hear: dict[str, Callable[[Any], None]] = {}

    def create_subscription(self, _kind: Any, topic: str, callback: Callable[[Any], None], _qos: Any) -> None:
        self.hear[topic] = callback

    def now(self) -> float:
        return 7.0


@pytest.mark.parametrize("absurd", [math.nan, math.inf, 1e155, -1e6])
def test_commands_that_no_robot_is_given_are_left_out(absurd: float) -> None:
    node, heard = Node(), []  # type: ignore[var-annotated]
    SentCommands(node, False, lambda t, command: heard.append((t, command)))  # type: ignore[arg-type]
    node.hear["cmd_vel"](Twist(linear=Vector3(x=absurd)))
    node.hear["cmd_vel"](Twist(angular=Vector3(z=absurd)))
    assert not heard
    node.hear["screen/command"](Float64(data=0.5))
    node.hear["screen/command"](Float64(data=absurd))
    node.hear["cmd_vel"](Twist(linear=Vector3(x=0.4), angular=Vector3(z=-0.3)))
    assert heard == [(7.0, Command(0.4, -0.3, 0.5))]
