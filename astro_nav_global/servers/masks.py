"""Keepout and speed masks: the planner keeps out, and the local planner is told the speed limit where the robot is."""

from __future__ import annotations

import math
from functools import partial

from nav2_msgs.msg import SpeedLimit

from astro_nav_common.grid import Grid
from astro_nav_common.masks import KEEPOUT, NO_LIMIT, SPEED_ABSOLUTE, SPEED_PERCENT, KeepoutMask, SpeedMask
from astro_nav_global.servers.planning import Planning
from astro_nav_ros import qos
from astro_nav_ros.masks import MaskListener, TakeMask
from astro_nav_ros.runtime import ManagedNode
from astro_nav_ros.transforms import TransformError

#: s between looks at where the robot is, and between words about a limit that stays, for a local planner that starts late
_LOOK_PERIOD, _REPEAT_PERIOD = 0.1, 1.0


class MaskServer:
    """Hears of masks on `filter_info_topics`; publishes `speed_limit`. There is one mask of each kind, the newest."""

    def __init__(self, node: ManagedNode, planning: Planning) -> None:
        """Listen."""
        self._node, self._planning = node, planning
        self._keepout: tuple[KeepoutMask, str] | None = None  # with its frame
        self._speed: tuple[SpeedMask, str] | None = None
        self._limit, self._said_at = NO_LIMIT, -math.inf
        self._publisher = node.create_publisher(SpeedLimit, "speed_limit", qos.DEFAULT)
        takers: dict[int, TakeMask] = {
            KEEPOUT: self._take_keepout,
            SPEED_PERCENT: partial(self._take_speed, True),
            SPEED_ABSOLUTE: partial(self._take_speed, False),
        }
        params = planning.params
        self._listener = MaskListener(node, params.filter_info_topics, params.global_frame, takers)
        node.every(_LOOK_PERIOD, self._look)
        planning.on_change(self._keep_out)

    def stop(self) -> None:
        """Hear no more."""
        self._listener.stop()

    def _take_keepout(self, grid: Grid, base: float, multiplier: float, frame: str) -> None:
        self._keepout = KeepoutMask(grid, base, multiplier), frame
        self._keep_out()

    def _take_speed(self, percentage: bool, grid: Grid, base: float, multiplier: float, frame: str) -> None:
        self._speed = SpeedMask(grid, base, multiplier, percentage), frame

    def _keep_out(self) -> None:
        """Hand the keepout mask to the planner, if it is drawn in the frame planned in."""
        if self._keepout is None:
            return
        (mask, frame), planning = self._keepout, self._planning
        if planning.planner.has_map and frame != planning.frame:
            self._node.get_logger().error(
                f"the keepout mask is in frame '{frame}' and the map in '{planning.frame}': no path keeps out of anything"
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
        if stays or (limit == NO_LIMIT and math.isinf(self._said_at)):
            return
        self._limit, self._said_at = limit, now
        message = SpeedLimit(percentage=limit.percentage, speed_limit=limit.value)
        message.header.frame_id, message.header.stamp = frame, self._node.get_clock().now().to_msg()
        self._publisher.publish(message)
