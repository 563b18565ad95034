"""Transforms that are there, too old, of another timeline, or not there."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

pytest.importorskip("rclpy", reason="needs ROS: run in the environment that `make setup` builds")
from rclpy.node import Node
from rclpy.parameter import Parameter
from rosgraph_msgs.msg import Clock
from tf2_msgs.msg import TFMessage

from astro_nav_common.errors import AstroNavError
from astro_nav_common.types import Pose
from astro_nav_ros import qos
from astro_nav_ros.conversions import stamp, transform_message
from astro_nav_ros.runtime import make_executor
from astro_nav_ros.transforms import FRAMES_MAX, SensorMounts, TransformError, Transforms

from .spinning import spin_until


class World:
    """A clock, and somebody who says where frames are."""

    def __init__(self, context: Any) -> None:
        simulated = [Parameter("use_sim_time", value=True)]
        self.node: Any = Node("looker", context=context, parameter_overrides=simulated)
        self.teller = Node("teller", context=context)
        self.executor = make_executor(context)
        self.executor.add_node(self.node)
        self.executor.add_node(self.teller)
        self.transforms = Transforms(self.node)
        self.clock = self.teller.create_publisher(Clock, "/clock", qos.CLOCK)
        self.tf = self.teller.create_publisher(TFMessage, "/tf", qos.TF)
        self.until(lambda: self.clock.get_subscription_count() and self.tf.get_subscription_count())

    def until(self, done: Callable[[], Any]) -> None:
        spin_until(self.executor, done)

    def at(self, t: float) -> None:
        """It is t."""

        def is_so() -> bool:
            self.clock.publish(Clock(clock=stamp(t)))
            return bool(abs(self.node.get_clock().now().nanoseconds * 1e-9 - t) < 1e-6)

        self.until(is_so)

    def tell(self, x: float, t: float) -> None:
        """The robot is at x in odom, at t."""
        self.tf.publish(TFMessage(transforms=[transform_message(Pose(x, 0.0, 0.0), "odom", "base_link", t)]))
        self.executor.spin_once(0.02)


@pytest.fixture
def world(ros_context: Any) -> Iterator[World]:
    world = World(ros_context)
    yield world
    world.node.destroy_node()
    world.teller.destroy_node()
    world.executor.shutdown()


def known(world: World, since: float) -> float | None:
    try:
        return world.transforms.lookup("odom", "base_link", since=since).x
    except TransformError:
        return None


def test_a_transform_is_known_until_it_is_too_old(world: World) -> None:
    world.at(100.0)
    world.tell(1.0, 100.0)
    world.until(lambda: known(world, 99.9) == 1.0)
    with pytest.raises(
        TransformError, match=r"no new transform from 'base_link' to 'odom': the newest is of 100\.00 s"
    ):
        world.transforms.lookup("odom", "base_link", since=100.1)
    assert known(world, 99.9) == 1.0


def test_a_clock_that_goes_back_makes_transforms_of_before_unknown(world: World) -> None:
    world.at(100.0)
    world.tell(1.0, 100.0)
    world.until(lambda: known(world, 0.0) == 1.0)
    world.at(5.0)
    world.until(lambda: known(world, 0.0) is None)
    world.tell(2.0, 5.0)
    world.until(lambda: known(world, 0.0) == 2.0)


def test_a_transform_to_beyond_all_bounds_is_none(world: World) -> None:
    world.at(100.0)
    world.tell(1e300, 100.0)
    world.until(lambda: "1e+300 m off 'odom'" in refusal(lambda: world.transforms.lookup("odom", "base_link")))


def test_no_more_frames_are_known_than_a_robot_has(world: World) -> None:
    world.at(100.0)
    for k in range(0, FRAMES_MAX + 200, 100):
        names = [(f"parent_{i}", f"child_{i}") for i in range(k, k + 100)]
        links = [transform_message(Pose(1.0, 0.0, 0.0), *pair, 100.0) for pair in names]
        world.tf.publish(TFMessage(transforms=links))
        for _ in range(5):
            world.executor.spin_once(0.02)
    assert not refusal(lambda: world.transforms.lookup("parent_1", "child_1"))
    assert "not known" in refusal(lambda: world.transforms.lookup(*names[0]))


def test_transforms_in_a_message_that_is_too_long_are_not_heard(world: World) -> None:
    world.at(100.0)
    link = transform_message(Pose(1.0, 0.0, 0.0), "odom", "base_link", 100.0)
    world.tf.publish(TFMessage(transforms=[link] * 1000))
    world.executor.spin_once(0.3)
    assert known(world, 0.0) is None
    world.tell(2.0, 100.0)
    world.until(lambda: known(world, 0.0) == 2.0)


def test_a_sensor_off_the_robot_is_refused(world: World) -> None:
    """Its beams would be followed from there to the robot."""
    mounts = SensorMounts(world.node, "base_link")
    tf_static = world.teller.create_publisher(TFMessage, "/tf_static", qos.TF_STATIC)
    sits = [
        (frame, transform_message(Pose(x, 0.0, 0.0), "base_link", frame, 0.0))
        for frame, x in (("near", 1.0), ("far", 1e5))
    ]
    tf_static.publish(TFMessage(transforms=[transform for _, transform in sits]))
    world.until(lambda: not refusal(lambda: mounts("near")))
    assert mounts("near").pose_base.x == 1.0
    assert "within 100 m" in refusal(lambda: mounts("far"))


def refusal(look: Callable[[], object]) -> str:
    """The sentence with which a look fails; empty if it does not."""
    try:
        look()
    except AstroNavError as error:
        return str(error)
    return ""
