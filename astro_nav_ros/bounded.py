"""Subscriptions that look at a message's size, and at how many come, before anything is unpacked."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from rclpy.qos import QoSProfile
from rclpy.serialization import deserialize_message
from rclpy.subscription import Subscription

from astro_nav_common.errors import InputError
from astro_nav_common.grid import MAX_CELLS
from astro_nav_common.rate_limit import RateLimit

if TYPE_CHECKING:
    from astro_nav_ros.runtime import ManagedNode

#: bytes: of messages about the robot itself, of scans, of plans and lists, of point clouds
SMALL, SCAN, MEDIUM, LARGE = 1 << 16, 1 << 17, 1 << 20, 1 << 24
#: of maps and masks, a byte a cell
GRID = MAX_CELLS + SMALL


def subscribe(
    node: ManagedNode,
    kind: Any,
    topic: str,
    callback: Callable[[Any], None],
    qos: QoSProfile,
    max_bytes: int,
    on_refused: Callable[[InputError], None] | None = None,
    limit: RateLimit | None = None,
    budget: RateLimit | None = None,
) -> Subscription:
    """Subscribe.

    Args:
        max_bytes: a longer message is refused as it came off the wire.
        on_refused: told why; by default it is logged.
        limit: what more comes is dropped, counted in the diagnostics as `flooded_inputs`, and told now and then.
        budget: the same, in bytes.
    """

    def refuse(error: InputError) -> None:
        node.get_logger().warning(str(error), throttle_duration_sec=5.0)

    def drop() -> None:
        node.health.count("flooded_inputs")
        node.get_logger().warning(f"more comes on '{topic}' than is taken: some is dropped", throttle_duration_sec=10.0)

    def hear(data: bytes) -> None:
        now = time.monotonic()
        if limit is not None and not limit.admits(now):
            drop()
        elif len(data) > max_bytes:
            sentence = f"a message of {len(data)} bytes on '{topic}' is refused: no more than {max_bytes} are taken"
            (on_refused or refuse)(InputError(sentence))
        elif budget is not None and not budget.admits(now, len(data)):
            drop()
        else:
            callback(deserialize_message(data, kind))

    return node.create_subscription(kind, topic, hear, qos, raw=True)
