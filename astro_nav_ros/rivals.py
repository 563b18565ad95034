"""Notices that another node sends on a topic that should be this node's alone."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable
from typing import TYPE_CHECKING

from geometry_msgs.msg import Twist, TwistStamped

from astro_nav_ros import qos

if TYPE_CHECKING:
    from astro_nav_ros.runtime import ManagedNode

#: s (wall) between looks at who publishes; between own commands and their return; without a rival's command until all is well again
LOOK_PERIOD, ECHO, FORGET = 0.1, 1.0, 0.5


class Rivals:
    """Listens to `cmd_vel` while another node can publish there; a publisher that never sends disturbs nobody."""

    def __init__(self, node: ManagedNode, kind: type[Twist] | type[TwistStamped], on_rival: Callable[[], None]) -> None:
        """Args: kind: of cmd_vel. on_rival: called with each command that is not one of `sent`."""
        self._node, self._kind, self._on_rival = node, kind, on_rival
        self._subscription: object | None = None
        self._sent: deque[tuple[float, float, float]] = deque()
        self._heard, self._stopped = -ECHO, False
        self._topic = node.resolve_topic_name("cmd_vel")  # as remapped: the graph knows no other
        node.create_timer(LOOK_PERIOD, self._look)

    def stop(self) -> None:
        """Hear no more, not even what waits in the executor's queue: from now on others may drive."""
        self._stopped = True
        self._listen(False)

    def sent(self, v: float, w: float) -> None:
        """The node itself has sent this."""
        if self._subscription is not None:
            now = time.monotonic()
            self._sent.append((now, v, w))
            while self._sent[0][0] < now - ECHO:
                self._sent.popleft()

    def describe(self) -> str | None:
        """Who interferes, as a sentence; None if nobody does."""
        if self._subscription is None or time.monotonic() - self._heard > FORGET:
            return None
        infos = self._node.get_publishers_info_by_topic(self._topic)
        others = sorted({info.node_name for info in infos} - {self._node.get_name()})
        return f"another node sends cmd_vel, too: {', '.join(others) or 'unknown'}"

    def _look(self) -> None:
        if not self._stopped:
            self._listen(self._node.count_publishers(self._topic) > 1)

    def _listen(self, wanted: bool) -> None:
        if wanted and self._subscription is None:
            self._sent.clear()
            self._began = time.monotonic()
            self._subscription = self._node.create_subscription(self._kind, "cmd_vel", self._hear, qos.DEFAULT)
        elif not wanted and self._subscription is not None:
            self._node.destroy_subscription(self._subscription)
            self._subscription = None

    def _hear(self, message: Twist | TwistStamped) -> None:
        if self._stopped:
            return
        twist = message.twist if isinstance(message, TwistStamped) else message
        v, w = twist.linear.x, twist.angular.z
        if any(v == own_v and w == own_w for _, own_v, own_w in self._sent):
            return
        if time.monotonic() - self._began < 2.0 * LOOK_PERIOD:
            return  # perhaps sent by this node before it began to take note
        self._heard = time.monotonic()
        self._on_rival()
