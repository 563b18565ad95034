"""Hearing the map and its updates."""

from __future__ import annotations

from collections.abc import Callable

from map_msgs.msg import OccupancyGridUpdate
from nav_msgs.msg import OccupancyGrid
from rclpy.node import Node

from astro_nav_common.errors import AstroNavError
from astro_nav_common.grid import Grid
from astro_nav_ros import qos
from astro_nav_ros.bounded import GRID, subscribe
from astro_nav_ros.conversions import grid_of, patched


class MapListener:
    """Subscribes to `map` and `map_updates`; a map that cannot be used is reported and dropped."""

    def __init__(self, node: Node, on_map: Callable[[Grid, str], None]) -> None:
        """Args: on_map: given each map with the name of its frame."""
        self._node, self._on_map = node, on_map
        self._newest: OccupancyGrid | None = None
        subscribe(node, OccupancyGrid, "map", self._take, qos.LATCHED, GRID)
        subscribe(node, OccupancyGridUpdate, "map_updates", self._take_update, qos.DEFAULT, GRID)

    def _take(self, message: OccupancyGrid) -> None:
        try:
            grid = grid_of(message, "the map")
        except AstroNavError as error:
            self._node.get_logger().error(f"map dropped: {error}")
            return
        self._newest = message
        self._on_map(grid, message.header.frame_id)

    def _take_update(self, update: OccupancyGridUpdate) -> None:
        if self._newest is None:
            return  # the whole map will come, and has this in it
        try:
            self._take(patched(self._newest, update))
        except AstroNavError as error:
            self._node.get_logger().error(f"map update dropped: {error}")
