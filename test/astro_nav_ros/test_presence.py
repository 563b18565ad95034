"""Signs of life: lost with a hang or a kill, and whether it is the same node that is back."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from types import SimpleNamespace
from typing import Any

import pytest

pytest.importorskip("rclpy", reason="needs ROS: run in the environment that `make setup` builds")
from rclpy.node import Node

from astro_nav_ros.presence import Presence
from astro_nav_ros.runtime import make_executor

ANNOUNCER = """
import rclpy, time
from rclpy.node import Node
from astro_nav_ros.presence import announce
rclpy.init()
publisher = announce(Node("announcer"), "alive")
time.sleep(600.0)
"""


#: s; the graph of nodes would take 20
SOON = 5.0


@pytest.fixture
def watch(ros_context: Any) -> Iterator[tuple[Presence, Callable[[Callable[[], Any]], float]]]:
    """A presence, and a function that waits for something and says how long that took, s."""
    node: Any = Node("watcher", context=ros_context)
    executor = make_executor(ros_context)
    executor.add_node(node)

    def until(done: Callable[[], Any]) -> float:
        began = time.monotonic()
        while not done():
            assert time.monotonic() < began + 60.0, "waited in vain"
            executor.spin_once(0.02)
        return time.monotonic() - began

    yield Presence(node, "alive"), until
    node.destroy_node()
    executor.shutdown()


def test_a_hung_node_is_lost_and_comes_back_a_killed_one_is_followed_by_another(watch: Any) -> None:
    presence, until = watch
    assert not presence.lost  # nobody has been there yet
    first = subprocess.Popen([sys.executable, "-c", ANNOUNCER])
    try:
        until(lambda: presence.generation == 1)
        until(lambda: not presence.lost)
        first.send_signal(signal.SIGSTOP)
        assert until(lambda: presence.lost) < SOON
        first.send_signal(signal.SIGCONT)
        until(lambda: not presence.lost)
        assert presence.generation == 1
    finally:
        first.kill()
    assert until(lambda: presence.lost) < SOON
    second = subprocess.Popen([sys.executable, "-c", ANNOUNCER])
    try:
        until(lambda: not presence.lost)
        assert presence.generation == 2
    finally:
        second.kill()
        first.wait()
        second.wait()


def test_a_first_event_without_a_change_counts(ros_context: Any) -> None:
    """Seen with Fast DDS: a reader that is there after the writer is told of one alive, and of no change."""
    node: Any = Node("watcher", context=ros_context)
    presence = Presence(node, "alive")
    for alive, silent, generation in ((1, 0, 1), (0, 1, 1), (1, 0, 1), (0, 1, 1), (1, 1, 2), (0, 2, 2), (0, 1, 2)):
        presence._changed(SimpleNamespace(alive_count=alive, not_alive_count=silent))
        assert (presence.generation, presence.lost) == (generation, alive == 0)
    node.destroy_node()
