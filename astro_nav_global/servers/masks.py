"""Keepout and speed masks as Nav2's filter info and mask servers publish them, and the speed limit that follows."""

from __future__ import annotations

import math
from functools import partial

from nav2_msgs.msg import CostmapFilterInfo, SpeedLimit
from nav_msgs.msg import OccupancyGrid
from rclpy.exceptions import NameValidationException
from rclpy.subscription import Subscription

from astro_nav_common.errors import AstroNavError
from astro_nav_global.masks import KEEPOUT, NO_LIMIT, SPEED_ABSOLUTE, SPEED_PERCENT, KeepoutMask, SpeedMask
from astro_nav_global.servers.planning import Planning
from astro_nav_ros import qos
from astro_nav_ros.conversions import grid_of
from astro_nav_ros.runtime import ManagedNode
from astro_nav_ros.transforms import TransformError

#: s between looks at where the robot is, and between words about a limit that stays, for a local planner that starts late
_LOOK_PERIOD, _REPEAT_PERIOD = 0.1, 1.0


class MaskServer:
    """Hears of masks on `filter_info_topics`, has the planner keep out, publishes `speed_limit`.

    There is one mask of each kind, the newest. What cannot be used is refused with a message, and what was there before holds.
    """

    def __init__(self, node: ManagedNode, planning: Planning) -> None:
        """Listen."""
        self._node, self._planning = node, planning
        self._heard: dict[str, Subscription] = {}  # for masks, by the topic that told of them
        self._keepout: tuple[KeepoutMask, str] | None = None  # with its frame
        self._speed: tuple[SpeedMask, str] | None = None
        self._limit, self._said_at = NO_LIMIT, -math.inf
        self._publisher = node.create_publisher(SpeedLimit, "speed_limit", qos.DEFAULT)
        for topic in planning.params.filter_info_topics:
            node.create_subscription(CostmapFilterInfo, topic, partial(self._take_info, topic), qos.LATCHED)
        node.create_timer(_LOOK_PERIOD, self._look)
        planning.on_change(self._keep_out)

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
        take = partial(self._take_mask, topic, info)
        try:
            subscription = self._node.create_subscription(OccupancyGrid, info.filter_mask_topic, take, qos.LATCHED)
        except NameValidationException as error:
            reason = str(error).splitlines()[0]
            log.error(f"filter '{topic}' dropped: '{info.filter_mask_topic}' cannot be the topic of its mask: {reason}")
            return
        if topic in self._heard:
            self._node.destroy_subscription(self._heard[topic])
        self._heard[topic] = subscription

    def _take_mask(self, topic: str, info: CostmapFilterInfo, message: OccupancyGrid) -> None:
        base, multiplier = float(info.base), float(info.multiplier)
        frame = message.header.frame_id or self._planning.params.global_frame
        try:
            grid = grid_of(message, "the mask")
            if info.type == KEEPOUT:
                self._keepout = KeepoutMask(grid, base, multiplier), frame
                self._keep_out()
            else:
                self._speed = SpeedMask(grid, base, multiplier, info.type == SPEED_PERCENT), frame
        except AstroNavError as error:
            self._node.get_logger().error(f"mask of filter '{topic}' dropped: {error}")

    def _keep_out(self) -> None:
        """Hand the keepout mask to the planner, if it is drawn in the frame planned in."""
        if self._keepout is None:
            return
        (mask, frame), planning = self._keepout, self._planning
        if planning.planner.has_map and frame != planning.frame:
            self._node.get_logger().error(
                f"the keepout mask is in frame '{frame}' and the map in '{planning.frame}': nothing is kept out of"
            )
            planning.submit(lambda: planning.planner.set_keepout(None))
        else:
            planning.submit(lambda: planning.planner.set_keepout(mask))

    def _look(self) -> None:
        """Tell the local planner of the limit where the robot is."""
        if self._speed is None:
            return
        mask, frame = self._speed
        try:
            pose = self._planning.transforms.lookup(frame, self._planning.params.robot_base_frame)
        except TransformError:
            return  # the last limit holds
        limit, now = mask.limit_at(pose.x, pose.y), self._node.now()
        stays = limit == self._limit and 0.0 <= now - self._said_at < _REPEAT_PERIOD
        if stays or limit == self._limit == NO_LIMIT:
            return
        self._limit, self._said_at = limit, now
        message = SpeedLimit(percentage=limit.percentage, speed_limit=limit.value)
        message.header.frame_id, message.header.stamp = frame, self._node.get_clock().now().to_msg()
        self._publisher.publish(message)
