"""Two processes that exchange a message over DDS: `python -m astro_nav_tools.doctor.node talk|listen`."""

from __future__ import annotations

import sys
import time

import rclpy
from std_msgs.msg import String

#: s after which both give up
PATIENCE = 12.0
TOPIC = "astro_nav_doctor"


def talk() -> int:
    """Publish ten times a second until killed, or out of patience."""
    node = rclpy.create_node("doctor_talker")
    publisher = node.create_publisher(String, TOPIC, 1)
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end and rclpy.ok():
        publisher.publish(String(data="hello"))
        time.sleep(0.1)
    return 0


def listen() -> int:
    """Exit status 0 as soon as a message arrives."""
    node = rclpy.create_node("doctor_listener")
    heard: list[String] = []
    node.create_subscription(String, TOPIC, heard.append, 1)
    end = time.monotonic() + PATIENCE
    while not heard and time.monotonic() < end and rclpy.ok():
        rclpy.spin_once(node, timeout_sec=0.1)
    return 0 if heard else 1


def main() -> int:
    """Entry point."""
    rclpy.init()
    return {"talk": talk, "listen": listen}[sys.argv[1]]()


if __name__ == "__main__":
    sys.exit(main())
