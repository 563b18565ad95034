"""The stand-in for tf2_ros over real DDS: broadcasters in one node, a listener in another."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import rclpy
from geometry_msgs.msg import TransformStamped
from rclpy.context import Context
from rclpy.duration import Duration
from rclpy.node import Node
from rclpy.time import Time
from tf2_ros import Buffer, StaticTransformBroadcaster, TransformBroadcaster, TransformListener

PATIENCE = Duration(seconds=10)


@pytest.fixture
def nodes() -> Iterator[tuple[Node, Node]]:
    """A talker and a listener, in a context of their own."""
    context = Context()
    rclpy.init(context=context)
    talker, listener = (rclpy.create_node(name, context=context) for name in ("talker", "listener"))
    yield talker, listener
    talker.destroy_node()
    listener.destroy_node()
    rclpy.try_shutdown(context=context)


def make(parent: str, child: str, x: float) -> TransformStamped:
    message = TransformStamped(child_frame_id=child)
    message.header.frame_id, message.header.stamp = parent, Time(seconds=5).to_msg()
    message.transform.translation.x = x
    return message


def test_what_one_node_broadcasts_another_looks_up(nodes: tuple[Node, Node]) -> None:
    talker, hearer = nodes
    buffer = Buffer()
    listener = TransformListener(buffer, hearer, spin_thread=True)
    fixed, moving = StaticTransformBroadcaster(talker), TransformBroadcaster(talker)
    while moving.pub_tf.get_subscription_count() == 0:
        buffer.can_transform("a", "b", Time(), Duration(seconds=0.02))
    fixed.sendTransform(make("base", "laser", 0.25))
    moving.sendTransform([make("map", "odom", 1.0), make("odom", "base", 2.0)])
    found = buffer.lookup_transform("map", "laser", Time(), PATIENCE)
    listener.unregister()
    assert found.transform.translation.x == pytest.approx(3.25)
    assert found.header.stamp.sec == 5


def test_a_late_listener_hears_all_static_transforms(nodes: tuple[Node, Node]) -> None:
    talker, hearer = nodes
    broadcaster = StaticTransformBroadcaster(talker)
    broadcaster.sendTransform(make("base", "laser", 0.25))
    broadcaster.sendTransform(make("laser", "lens", 0.5))
    buffer = Buffer()
    listener = TransformListener(buffer, hearer, spin_thread=True)
    found = buffer.lookup_transform("base", "lens", Time(), PATIENCE)
    listener.unregister()
    assert found.transform.translation.x == pytest.approx(0.75)
