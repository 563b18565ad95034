"""Too long and too many: refused before anything is unpacked."""

from __future__ import annotations

from array import array
from collections.abc import Callable
from typing import Any

import pytest

pytest.importorskip("rclpy", reason="needs ROS: run in the environment that `make setup` builds")
from nav_msgs.msg import Path
from rclpy.node import Node
from sensor_msgs.msg import LaserScan

from astro_nav_common.errors import InputError
from astro_nav_common.rate_limit import RateLimit
from astro_nav_common.types import Pose
from astro_nav_ros import qos
from astro_nav_ros.bounded import MEDIUM, subscribe
from astro_nav_ros.conversions import POSES_MAX, path_of, pose_stamped
from astro_nav_ros.diagnostics import Health
from astro_nav_ros.runtime import make_executor

from .spinning import spin_until


class Ears:
    """A node that hears scans."""

    def __init__(self, context: Any, limit: RateLimit | None = None) -> None:
        self.node: Any = Node("ears", context=context)
        self.node.health = Health("ears")
        self.executor = make_executor(context)
        self.executor.add_node(self.node)
        self.heard: list[LaserScan] = []
        self.refused: list[InputError] = []
        take, refuse = self.heard.append, self.refused.append
        subscribe(self.node, LaserScan, "scan", take, qos.DEFAULT, MEDIUM, refuse, limit)
        self.mouth = self.node.create_publisher(LaserScan, "scan", qos.DEFAULT)
        self.until(self.mouth.get_subscription_count)

    def say(self, beams: int) -> None:
        self.mouth.publish(LaserScan(ranges=array("f", bytes(4 * beams))))

    def until(self, done: Callable[[], Any]) -> None:
        spin_until(self.executor, done)


@pytest.fixture
def ears(ros_context: Any) -> Any:
    made: list[Ears] = []

    def make(**options: Any) -> Ears:
        made.append(Ears(ros_context, **options))
        return made[-1]

    yield make
    for one in made:
        one.node.destroy_node()
        one.executor.shutdown()


def test_a_scan_of_ten_million_beams_is_refused_and_the_next_one_is_heard(ears: Callable[..., Ears]) -> None:
    one = ears()
    one.say(10_000_000)
    one.until(lambda: one.refused)
    assert "40000" in str(one.refused[0]) and "'scan'" in str(one.refused[0])
    assert not one.heard
    one.say(360)
    one.until(lambda: one.heard)
    assert len(one.heard[0].ranges) == 360


def test_of_a_flood_only_some_are_unpacked(ears: Callable[..., Ears]) -> None:
    one = ears(limit=RateLimit(1.0, 3.0))
    for _ in range(8):
        one.say(10)
    one.until(lambda: one.node.health.status(0.0).values)
    one.executor.spin_once(0.2)
    assert 3 <= len(one.heard) <= 4


def test_a_path_of_a_million_poses_is_refused() -> None:
    path = Path(poses=[pose_stamped(Pose(1.0, 2.0, 0.0), "map", 0.0)] * 1_000_000)
    with pytest.raises(InputError, match=f"has 1000000 poses; no more than {POSES_MAX}"):
        path_of(path, "the path")
    path.poses = path.poses[:POSES_MAX]
    assert path_of(path, "the path").shape == (POSES_MAX, 3)
