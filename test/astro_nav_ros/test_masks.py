"""Hearing of masks."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

pytest.importorskip("rclpy", reason="needs ROS: run in the environment that `make setup` builds")
from nav2_msgs.msg import CostmapFilterInfo
from nav_msgs.msg import OccupancyGrid
from rclpy.node import Node

from astro_nav_common.grid import Grid
from astro_nav_common.masks import KEEPOUT
from astro_nav_ros import qos
from astro_nav_ros.conversions import grid_message
from astro_nav_ros.masks import MaskListener
from astro_nav_ros.runtime import make_executor


@pytest.fixture
def node(ros_context: Any) -> Iterator[Node]:
    node = Node("masked", context=ros_context)
    yield node
    node.destroy_node()


@pytest.mark.parametrize("topic", ["mask_info", "a b", ""])
def test_a_filter_whose_mask_cannot_be_heard_is_dropped_and_the_next_one_counts(
    node: Node, ros_context: Any, topic: str
) -> None:
    """`mask_info` is a topic with another type, of this node: the middleware refuses a second one."""
    heard: list[str] = []
    listener = MaskListener(node, ["mask_info"], "map", {KEEPOUT: lambda *mask: heard.append(mask[3])})
    infos = node.create_publisher(CostmapFilterInfo, "mask_info", qos.LATCHED)
    masks = node.create_publisher(OccupancyGrid, "mask", qos.LATCHED)
    masks.publish(grid_message(Grid(np.zeros((2, 2), np.int8), 0.1, 0.0, 0.0), "here", 0.0))
    executor = make_executor(ros_context)
    executor.add_node(node)
    for each, patience in ((topic, 0.5), ("mask", 60.0)):  # latched: the newest counts, so the first is heard before it
        infos.publish(CostmapFilterInfo(type=KEEPOUT, filter_mask_topic=each))
        end = time.monotonic() + patience
        while not heard and time.monotonic() < end:
            executor.spin_once(0.05)
    listener.stop()
    executor.shutdown()
    assert heard == ["here"]
