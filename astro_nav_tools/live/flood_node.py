"""A process that sends too much: `python -m astro_nav_tools.live.flood_node scan | cmd_vel | goal_pose | goals`."""

from __future__ import annotations

import signal
import sys
import time
from collections.abc import Callable
from typing import Any

import rclpy
from geometry_msgs.msg import PoseStamped, Twist
from nav2_msgs.action import NavigateToPose
from rclpy.action import ActionClient
from rclpy.executors import SingleThreadedExecutor
from rclpy.node import Node
from sensor_msgs.msg import LaserScan

from astro_nav_common.conventions import MAP_FRAME
from astro_nav_common.errors import AstroNavError
from astro_nav_common.types import Pose
from astro_nav_ros import qos
from astro_nav_ros.conversions import pose_stamped, seconds, stamp
from astro_nav_tools.live.names import raw_name

#: printed when it waits for the signal
READY = "ready"
#: goals, in turn, m in the map: the two ends of the hall
GOALS = (Pose(10.8, 1.5, 0.0), Pose(1.2, 1.5, 3.14))


def scans(node: Node) -> Callable[[int], None]:
    """The newest scan again and again, each a millisecond younger than the one before."""
    newest: list[LaserScan] = []
    node.create_subscription(
        LaserScan, raw_name("scan"), lambda scan: newest.__setitem__(slice(None), [scan]), qos.SENSOR
    )
    publisher = node.create_publisher(LaserScan, "scan", qos.DEFAULT)

    def send(_i: int) -> None:
        if newest:
            publisher.publish(newest[0])
            newest[0].header.stamp = stamp(seconds(newest[0].header.stamp) + 1e-3)

    return send


def commands(node: Node) -> Callable[[int], None]:
    """Half a metre a second, straight on."""
    publisher = node.create_publisher(Twist, "cmd_vel", qos.DEFAULT)
    twist = Twist()
    twist.linear.x = 0.5
    return lambda _i: publisher.publish(twist)


def goal_poses(node: Node) -> Callable[[int], None]:
    """Goals on the topic."""
    publisher = node.create_publisher(PoseStamped, "goal_pose", qos.DEFAULT)
    return lambda i: publisher.publish(pose_stamped(GOALS[i % 2], MAP_FRAME, 0.0))


def goals(node: Node) -> Callable[[int], None]:
    """Goals of the action; nobody waits for their ends."""
    client = ActionClient(node, NavigateToPose, "navigate_to_pose")

    def send(i: int) -> None:
        if client.server_is_ready():
            client.send_goal_async(NavigateToPose.Goal(pose=pose_stamped(GOALS[i % 2], MAP_FRAME, 0.0)))

    return send


#: by name: what sends, and how often a second
KINDS: dict[str, tuple[Callable[[Node], Callable[[int], None]], float]] = {
    "scan": (scans, 1000.0),
    "cmd_vel": (commands, 20.0),
    "goal_pose": (goal_poses, 1000.0),
    "goals": (goals, 200.0),
}


def flood(kind: str) -> None:
    """From SIGUSR1 on send until killed. Raises AstroNavError for an unknown kind."""
    if kind not in KINDS:
        raise AstroNavError(f"unknown kind '{kind}'; there are: {', '.join(KINDS)}")
    rclpy.init()
    node: Any = Node("flood")
    make, rate = KINDS[kind]
    send = make(node)
    executor = SingleThreadedExecutor()
    executor.add_node(node)
    begun: list[int] = []
    signal.signal(signal.SIGUSR1, lambda number, _frame: begun.append(number))
    print(READY, flush=True)
    while not begun:
        executor.spin_once(0.05)
    i, began = 0, time.monotonic()
    while rclpy.ok():
        while i < (time.monotonic() - began) * rate:
            send(i)
            i += 1
        executor.spin_once(0.5 / rate)


if __name__ == "__main__":
    flood(sys.argv[1])
