"""The nodes that a drive needs besides this one."""

from __future__ import annotations

from rclpy.node import Node


def missing(node: Node) -> str:
    """A sentence about the nodes that are not there yet; empty if all of them are.

    The graph of nodes tells, for the price of two look-ups: of what these nodes have only while they are active (an action server lasts longer).
    Who has died stays in it for 20 s: what then, is for the driver to find out.
    """
    absent = []
    if not node.count_services(node.resolve_service_name("local_costmap/get_costmap")):
        absent.append("nobody plans motions: the local planner is not there or not active")
    if not node.count_publishers(node.resolve_topic_name("guard/state")):
        absent.append("nobody moves the wheels: the reactive guard is not there or not active")
    return ", and ".join(absent)
