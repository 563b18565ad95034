"""What security/policy.xml says; test_drive.py compares it with running nodes."""

from __future__ import annotations

import xml.etree.ElementTree as ElementTree

import pytest

pytest.importorskip("rclpy", reason="needs ROS: run in the environment that `make setup` builds")
from .policy import NODES, POLICY, granted


def test_every_node_has_a_profile_and_an_enclave_of_its_own() -> None:
    enclaves = list(ElementTree.parse(POLICY).getroot().iter("enclave"))
    profiles = [[profile.attrib["node"] for profile in enclave.iter("profile")] for enclave in enclaves]
    assert sorted(profiles) == [[name] for name in NODES]
    assert [enclave.attrib["path"] for enclave in enclaves] == [f"/astro_nav/{names[0]}" for names in profiles]


def test_only_the_guard_may_move_the_wheels() -> None:
    assert [node for node, _, verb, name in granted() if (verb, name) == ("publish", "/cmd_vel")] == ["reactive_guard"]
