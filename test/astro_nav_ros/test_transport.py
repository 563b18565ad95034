"""UDP between the nodes, and not shared memory, whatever ROS is confined to."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from astro_nav_ros.transport import LOOPBACK_PROFILE, use_dependable_transport

#: prints how many files of shared memory a node has mapped, and the addresses of its UDP sockets
SCRIPT = """
import os
from pathlib import Path
import rclpy
from astro_nav_ros.transport import use_dependable_transport
use_dependable_transport()
rclpy.init()
node = rclpy.create_node("transport_probe")
print(sum("/dev/shm/fastrtps" in line for line in Path("/proc/self/maps").read_text().splitlines()))
links = (os.readlink(link) for link in Path("/proc/self/fd").iterdir() if link.is_symlink())
own = {link[8:-1] for link in links if link.startswith("socket:")}
for line in Path("/proc/net/udp").read_text().splitlines()[1:]:
    if line.split()[9] in own:
        print(".".join(str(b) for b in reversed(bytes.fromhex(line.split()[1][:8]))))
"""


def probe(**environment: str) -> tuple[int, set[str]]:
    """Files of shared memory and UDP addresses of a node in a process of its own."""
    words = [name for name in os.environ if name.startswith(("FASTDDS_", "FASTRTPS_"))]
    clean = {name: value for name, value in os.environ.items() if name not in words} | environment
    run = subprocess.run([sys.executable, "-c", SCRIPT], env=clean, capture_output=True, text=True, timeout=60)
    assert run.returncode == 0, run.stderr
    files, *addresses = run.stdout.split()
    return int(files), set(addresses)


def test_a_node_confined_to_this_machine_uses_its_udp_and_no_shared_memory() -> None:
    files, addresses = probe(ROS_AUTOMATIC_DISCOVERY_RANGE="LOCALHOST")
    assert files == 0
    assert "127.0.0.1" in addresses
    assert addresses <= {"127.0.0.1", "239.255.0.1"}  # and the multicast of discovery, there


def test_a_node_on_a_network_uses_udp_and_no_shared_memory() -> None:
    files, addresses = probe(ROS_AUTOMATIC_DISCOVERY_RANGE="SUBNET")
    assert files == 0
    assert "0.0.0.0" in addresses


@pytest.mark.parametrize("name", ["FASTDDS_BUILTIN_TRANSPORTS", "FASTRTPS_DEFAULT_PROFILES_FILE"])
def test_what_the_user_has_chosen_is_left_alone(name: str) -> None:
    environment = {name: "chosen", "ROS_AUTOMATIC_DISCOVERY_RANGE": "LOCALHOST"}
    before = dict(environment)
    use_dependable_transport(environment)
    assert environment == before


def test_it_may_be_asked_for_twice() -> None:
    environment = {"ROS_AUTOMATIC_DISCOVERY_RANGE": "LOCALHOST"}
    use_dependable_transport(environment)
    once = dict(environment)
    use_dependable_transport(environment)
    assert environment == once
    assert once["FASTRTPS_DEFAULT_PROFILES_FILE"] == str(LOOPBACK_PROFILE)
