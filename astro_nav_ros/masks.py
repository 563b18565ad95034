"""Hearing masks as Nav2's filter info and map servers publish them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial

from nav2_msgs.msg import CostmapFilterInfo
from nav_msgs.msg import OccupancyGrid
from rclpy.exceptions import NameValidationException
from rclpy.node import Node
from rclpy.subscription import Subscription

from astro_nav_common.errors import AstroNavError
from astro_nav_common.grid import Grid
from astro_nav_common.masks import KEEPOUT, SPEED_ABSOLUTE, SPEED_PERCENT
from astro_nav_ros import qos
from astro_nav_ros.bounded import GRID, subscribe
from astro_nav_ros.conversions import grid_of

#: given a mask, its base and multiplier, and the name of its frame; raises AstroNavError if it cannot be used
TakeMask = Callable[[Grid, float, float, str], None]


class MaskListener:
    """Hears of masks on some topics, and the masks. What cannot be used is refused with a message."""

    def __init__(self, node: Node, topics: Sequence[str], global_frame: str, takers: Mapping[int, TakeMask]) -> None:
        """Listen. Args: global_frame: of masks that name none. takers: by type of filter; others of Nav2's types are left alone."""
        self._node, self._frame, self._takers = node, global_frame, takers
        self._heard: dict[str, Subscription] = {}  # for masks, by the topic that told of them
        for topic in topics:
            node.create_subscription(CostmapFilterInfo, topic, partial(self._take_info, topic), qos.LATCHED)

    def stop(self) -> None:
        """Hear no more."""
        for subscription in self._heard.values():
            self._node.destroy_subscription(subscription)
        self._heard.clear()

    def _take_info(self, topic: str, info: CostmapFilterInfo) -> None:
        log = self._node.get_logger()
        if info.type not in (KEEPOUT, SPEED_PERCENT, SPEED_ABSOLUTE):
            log.error(f"filter '{topic}' dropped: type {info.type} is none of 0 (keepout), 1 and 2 (speed)")
            return
        if info.type not in self._takers:
            return
        take = partial(self._take_mask, topic, info)
        try:
            subscription = subscribe(self._node, OccupancyGrid, info.filter_mask_topic, take, qos.LATCHED, GRID)
        except (
            NameValidationException,
            RuntimeError,
        ) as error:  # a bad name; refused by the middleware: of another type here
            reason = str(error).splitlines()[0]
            log.error(f"filter '{topic}' dropped: '{info.filter_mask_topic}' cannot be the topic of its mask: {reason}")
            return
        if topic in self._heard:
            self._node.destroy_subscription(self._heard[topic])
        self._heard[topic] = subscription

    def _take_mask(self, topic: str, info: CostmapFilterInfo, message: OccupancyGrid) -> None:
        frame = message.header.frame_id or self._frame
        try:
            self._takers[info.type](grid_of(message, "the mask"), float(info.base), float(info.multiplier), frame)
        except AstroNavError as error:
            self._node.get_logger().error(f"mask of filter '{topic}' dropped: {error}")
