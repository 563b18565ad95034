"""The permissions of security/policy.xml, and those that running nodes use."""

from __future__ import annotations

import xml.etree.ElementTree as ElementTree
from collections.abc import Iterator

from rclpy.action import get_action_client_names_and_types_by_node, get_action_server_names_and_types_by_node
from rclpy.node import Node

from astro_nav_tools.installation import SOURCE_ROOT

POLICY = SOURCE_ROOT / "security" / "policy.xml"
NODES = ("global_planner", "local_planner", "map_server", "reactive_guard")

#: (node, topics | services | actions, what it may do, absolute name)
Permission = tuple[str, str, str, str]

#: used only when something asks for it: the guard listens to who else sends commands
ON_DEMAND: set[Permission] = {("reactive_guard", "topics", "subscribe", "/cmd_vel")}


def granted() -> Iterator[Permission]:
    """What the policy allows."""
    for profile in ElementTree.parse(POLICY).getroot().iter("profile"):
        node, namespace = profile.attrib["node"], profile.attrib["ns"]
        for group in profile:
            for verb, decision in group.attrib.items():
                assert decision == "ALLOW"
                for item in group:
                    yield node, group.tag, verb, absolute(str(item.text).strip(), namespace, node)


def absolute(name: str, namespace: str, node: str) -> str:
    """A name as the graph has it."""
    if name.startswith("/"):
        return name
    base = namespace.rstrip("/")
    return f"{base}/{node}/{name[2:]}" if name.startswith("~/") else f"{base}/{name}"


def used(watcher: Node, node: str) -> Iterator[Permission]:
    """What a running node has in the graph; the topics and services of actions count as the actions."""
    for group, verb, found in (
        ("topics", "publish", watcher.get_publisher_names_and_types_by_node(node, "/")),
        ("topics", "subscribe", watcher.get_subscriber_names_and_types_by_node(node, "/")),
        ("services", "reply", watcher.get_service_names_and_types_by_node(node, "/")),
        ("services", "request", watcher.get_client_names_and_types_by_node(node, "/")),
        ("actions", "execute", get_action_server_names_and_types_by_node(watcher, node, "/")),
        ("actions", "call", get_action_client_names_and_types_by_node(watcher, node, "/")),
    ):
        for name, _ in found:
            if "/_action/" not in name:
                yield node, group, verb, name
