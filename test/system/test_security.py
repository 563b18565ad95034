"""The permissions of security/policy.xml are what the running nodes use: nothing missing, nothing to spare."""

from __future__ import annotations

import xml.etree.ElementTree as ElementTree
from collections.abc import Iterator

import pytest

pytest.importorskip("rclpy", reason="needs ROS: run in the environment that `make setup` builds")
from rclpy.action import get_action_client_names_and_types_by_node, get_action_server_names_and_types_by_node
from rclpy.node import Node

from .stack import ROOT, Client, Processes

POLICY = ROOT / "security" / "policy.xml"
NODES = ("global_planner", "local_planner", "map_server", "reactive_guard")
#: used only when something asks for it: the guard listens to who else sends commands
ON_DEMAND = {("reactive_guard", "topics", "subscribe", "/cmd_vel")}

#: (node, topics | services | actions, what it may do, absolute name)
Permission = tuple[str, str, str, str]


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


def test_every_node_has_a_profile_and_an_enclave_of_its_own() -> None:
    enclaves = list(ElementTree.parse(POLICY).getroot().iter("enclave"))
    profiles = [[profile.attrib["node"] for profile in enclave.iter("profile")] for enclave in enclaves]
    assert sorted(profiles) == [[name] for name in NODES]
    assert [enclave.attrib["path"] for enclave in enclaves] == [f"/astro_nav/{names[0]}" for names in profiles]


def test_the_policy_grants_what_the_running_nodes_use_and_nothing_else(stack: Processes, client: Client) -> None:
    allowed = set(granted())
    in_use = {permission for node in NODES for permission in used(client.node, node)}
    assert in_use - allowed == set(), "used, not granted: the node would not start with ROS_SECURITY_STRATEGY=Enforce"
    assert allowed - in_use == ON_DEMAND, "granted, not used"


def test_only_the_guard_may_move_the_wheels() -> None:
    assert [node for node, _, verb, name in granted() if (verb, name) == ("publish", "/cmd_vel")] == ["reactive_guard"]
