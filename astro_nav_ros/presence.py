"""Whether a node that others rely on is still there: the middleware's own sign of life, which ends with `kill -9` and with a hang.

Nothing is ever sent on these topics. A node that has died without a word stays in the ROS graph for 20 s; its liveliness ends at once.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from rclpy.duration import Duration
from rclpy.event_handler import QoSLivelinessChangedInfo, SubscriptionEventCallbacks
from rclpy.publisher import Publisher
from rclpy.qos import LivelinessPolicy, QoSProfile
from rclpy.utilities import get_rmw_implementation_identifier
from std_msgs.msg import Empty

if TYPE_CHECKING:
    from astro_nav_ros.runtime import ManagedNode

#: s without a sign of life after which a node is taken for dead; how often in that time it gives one, about: one that is held up for
#: three quarters of it is not lost
LEASE, SIGNS = 0.2, 4
#: the navigator's: who follows its paths must know
NAVIGATOR = "navigator/alive"


def _profile(lease: float) -> QoSProfile:
    return QoSProfile(depth=1, liveliness=LivelinessPolicy.AUTOMATIC, liveliness_lease_duration=Duration(seconds=lease))


def announce(node: ManagedNode, topic: str) -> Publisher:
    """Be there, for as long as the publisher lives."""
    # Fast DDS takes the lease of the one who watches, others that of the one who is watched
    signs = SIGNS if get_rmw_implementation_identifier().startswith("rmw_fastrtps") else 1
    return node.create_publisher(Empty, topic, _profile(LEASE / signs))


class Presence:
    """Watches over the one node that announces itself on a topic."""

    def __init__(self, node: ManagedNode, topic: str) -> None:
        self._alive, self._silent = 0, 0
        #: how many there have been; it changes when another one takes the place of the first
        self.generation = 0
        node.create_subscription(
            Empty, topic, lambda _message: None, _profile(LEASE),
            event_callbacks=SubscriptionEventCallbacks(liveliness=self._changed),
        )  # fmt: skip

    @property
    def lost(self) -> bool:
        """True if there was somebody, and nobody is now."""
        return self.generation > 0 and self._alive == 0

    def _changed(self, info: QoSLivelinessChangedInfo) -> None:
        # the counts, not their changes: the first event of a reader may come with its change already taken off
        if info.alive_count > self._alive and info.not_alive_count >= self._silent:
            self.generation += 1  # not one of those that were silent for a while
        self._alive, self._silent = info.alive_count, info.not_alive_count
