"""The nodes that a drive needs besides this one."""

from __future__ import annotations

from rclpy.node import Node


def missing(node: Node) -> str:
    """A sentence about the nodes that are not there yet; empty if all of them are.

    The graph of nodes tells, for the price of two look-ups. Who has died stays in it for 20 s: what then, is for the driver to find out.
    """
    absent = []
    if not node.count_services("follow_path/_action/send_goal"):
        absent.append("nobody plans motions: the local planner is not there")
    if not node.count_publishers("guard/state"):
        absent.append("nobody moves the wheels: the reactive guard is not there")
    return ", and ".join(absent)
