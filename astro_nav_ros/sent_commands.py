"""Hearing what the guard sends to the base and to the screen."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from geometry_msgs.msg import Twist, TwistStamped
from std_msgs.msg import Float64

from astro_nav_common.types import Command
from astro_nav_ros import qos
from astro_nav_ros.conversions import ANGLE_MAX, SPEED_MAX, seconds

if TYPE_CHECKING:
    from astro_nav_ros.runtime import ManagedNode


class SentCommands:
    """Hands on each command with the time it was sent: its stamp, or for a plain Twist the time it is heard.

    Anybody may send there: what no robot is told is left out.
    """

    def __init__(self, node: ManagedNode, stamped: bool, on_command: Callable[[float, Command], None]) -> None:
        """Args: stamped: cmd_vel is a TwistStamped. on_command: given time, s, and command."""
        self._on_command = on_command
        self._screen_yaw = 0.0
        if stamped:
            node.create_subscription(
                TwistStamped, "cmd_vel", lambda m: self._take(seconds(m.header.stamp), m.twist), qos.NEWEST
            )
        else:
            node.create_subscription(Twist, "cmd_vel", lambda twist: self._take(node.now(), twist), qos.NEWEST)
        node.create_subscription(Float64, "screen/command", self._take_screen, qos.NEWEST)

    def _take(self, t: float, twist: Twist) -> None:
        if abs(twist.linear.x) <= SPEED_MAX and abs(twist.angular.z) <= SPEED_MAX:  # false for NaN
            self._on_command(t, Command(twist.linear.x, twist.angular.z, self._screen_yaw))

    def _take_screen(self, message: Float64) -> None:
        if abs(message.data) <= ANGLE_MAX:
            self._screen_yaw = message.data  # sent before the cmd_vel it belongs to
