"""Fills a buffer from /tf and /tf_static."""

from __future__ import annotations

from contextlib import suppress
from threading import Thread

from rclpy.callback_groups import ReentrantCallbackGroup
from rclpy.executors import ExternalShutdownException, SingleThreadedExecutor
from rclpy.node import Node
from rclpy.qos import DurabilityPolicy, HistoryPolicy, QoSProfile
from tf2_msgs.msg import TFMessage

from tf2_ros.buffer_core import BufferCore

DEFAULT_TF_TOPIC = "/tf"
DEFAULT_STATIC_TF_TOPIC = "/tf_static"


class TransformListener:
    """Subscribes to the transforms of the system and puts them into a buffer, for as long as it lives."""

    def __init__(
        self,
        buffer: BufferCore,
        node: Node,
        *,
        spin_thread: bool = False,
        qos: QoSProfile | int | None = None,
        static_qos: QoSProfile | int | None = None,
        tf_topic: str = DEFAULT_TF_TOPIC,
        tf_static_topic: str = DEFAULT_STATIC_TF_TOPIC,
        static_only: bool = False,
    ) -> None:
        """Start to listen.

        Args:
            buffer: Where the transforms go.
            node: Whose subscriptions these are.
            spin_thread: Spin the node in a thread of its own; it must not be spun elsewhere then.
            qos: Of the moving transforms; default: the last 100.
            static_qos: Of the static ones; default: the last 100, those published before too.
            tf_topic: Name of the topic of the moving transforms.
            tf_static_topic: Name of the topic of the static ones.
            static_only: Do not listen to the moving ones.
        """
        self.buffer, self.node = buffer, node
        latched = QoSProfile(depth=100, durability=DurabilityPolicy.TRANSIENT_LOCAL, history=HistoryPolicy.KEEP_LAST)
        self.group = ReentrantCallbackGroup()
        self.tf_static_sub = node.create_subscription(
            TFMessage, tf_static_topic, self.static_callback, static_qos or latched, callback_group=self.group
        )
        self.tf_sub = None
        if not static_only:
            moving = QoSProfile(depth=100, durability=DurabilityPolicy.VOLATILE, history=HistoryPolicy.KEEP_LAST)
            self.tf_sub = node.create_subscription(
                TFMessage, tf_topic, self.callback, qos or moving, callback_group=self.group
            )
        self.executor: SingleThreadedExecutor | None = None
        self.dedicated_listener_thread: Thread | None = None
        if spin_thread:
            self.executor = SingleThreadedExecutor(context=node.context)
            self.executor.add_node(node)
            self.dedicated_listener_thread = Thread(target=self._spin, daemon=True)
            self.dedicated_listener_thread.start()

    def _spin(self) -> None:
        assert self.executor is not None
        with suppress(ExternalShutdownException):  # the program ends
            self.executor.spin()

    def unregister(self) -> None:
        """Stop listening."""
        if self.executor is not None and self.dedicated_listener_thread is not None:
            self.executor.shutdown()
            self.dedicated_listener_thread.join()
            self.executor.remove_node(self.node)
            self.executor = None
        self.node.destroy_subscription(self.tf_static_sub)
        if self.tf_sub is not None:
            self.node.destroy_subscription(self.tf_sub)

    def callback(self, data: TFMessage) -> None:
        """Take in moving transforms."""
        for transform in data.transforms:
            self.buffer.set_transform(transform, "default_authority")

    def static_callback(self, data: TFMessage) -> None:
        """Take in static transforms."""
        for transform in data.transforms:
            self.buffer.set_transform_static(transform, "default_authority")
