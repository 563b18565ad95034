"""Who is taken for present, by the names that remappings give."""

from __future__ import annotations

import time

import pytest

pytest.importorskip("rclpy", reason="needs ROS: run in the environment that `make setup` builds")
import rclpy
from nav2_msgs.srv import GetCostmap
from rclpy.node import Node
from std_msgs.msg import Empty

from astro_nav_global.servers.others import missing

REMAPPED = ["--ros-args", "-r", "guard/state:=safety/state", "-r", "local_costmap/get_costmap:=nearby/get_costmap"]


def test_others_are_found_under_remapped_names() -> None:
    context = rclpy.Context()
    rclpy.init(args=REMAPPED, context=context)
    node = Node("present", context=context)
    assert "local planner" in missing(node)
    assert "reactive guard" in missing(node)
    publisher = node.create_publisher(Empty, "guard/state", 1)
    node.create_service(GetCostmap, "local_costmap/get_costmap", lambda _, response: response)
    end = time.monotonic() + 5.0
    while missing(node) and time.monotonic() < end:
        time.sleep(0.01)
    assert publisher.topic_name == "/safety/state"
    assert missing(node) == ""
    node.destroy_node()
    rclpy.try_shutdown(context=context)
