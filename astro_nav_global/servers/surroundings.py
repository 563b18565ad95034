"""What is known of the world: maps and the local planner's observations in, costs to look at out."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from typing import Any

from geometry_msgs.msg import PoseStamped
from nav2_msgs.msg import Costmap
from nav_msgs.msg import OccupancyGrid

from astro_nav_common.errors import AstroNavError
from astro_nav_common.types import Pose
from astro_nav_global.costmap import nav2_occupancy
from astro_nav_global.servers.planning import Planning
from astro_nav_ros import qos
from astro_nav_ros.bounded import GRID, subscribe
from astro_nav_ros.conversions import costmap_message, grid_message, grid_of, seconds
from astro_nav_ros.costmap_services import CostmapServices
from astro_nav_ros.maps import MapListener
from astro_nav_ros.runtime import ManagedNode


class Surroundings:
    """Hears `map`, `map_updates` and the local costmap; publishes `global_costmap/costmap` while somebody looks, and serves its services."""

    def __init__(self, node: ManagedNode, planning: Planning) -> None:
        """Listen."""
        self._node, self._planning = node, planning
        self._observed_at, self._is_blind = 0.0, False
        params = planning.params
        self._costmap = node.create_publisher(OccupancyGrid, "global_costmap/costmap", qos.LATCHED)
        self._maps = MapListener(node, planning.set_map)
        subscribe(node, OccupancyGrid, params.local_costmap_topic, self._take_local_map, qos.NEWEST, GRID)
        node.every(1.0 / params.publish_hz, self._show_costs)
        CostmapServices(node, "global", self._look, self._clear, self._locate)

    def _take_local_map(self, message: OccupancyGrid) -> None:
        """What the local planner sees overlays the map, or is the map."""
        planning, now = self._planning, self._node.now()
        if 0.0 <= now - self._observed_at < planning.params.observe_period:
            return
        self._observed_at = now
        try:
            frame = planning.frame
            local_in_frame = planning.transforms.lookup(frame, message.header.frame_id)
            grid = grid_of(message, "the local map")
        except AstroNavError as error:
            self._is_blind = True
            self._node.health.tell_warning(f"observation dropped: {error}")
            return
        if self._is_blind:
            self._is_blind = False
            self._node.health.tell_ok("observing again")

        def observe() -> None:
            if planning.frame == frame:  # else a map has come in between, and this is not where it is on it
                planning.planner.observe(grid, seconds(message.header.stamp), local_in_frame)

        planning.submit(observe)

    def _show_costs(self) -> None:
        if not self._costmap.get_subscription_count():
            return
        planning, now = self._planning, self._node.now()

        def show(done: Future[Any]) -> None:
            self._costmap.publish(done.result())

        planning.submit(
            lambda: grid_message(nav2_occupancy(planning.planner.costmap().nav2_costs()), planning.frame, now), show
        )

    def _look(self, answer: Callable[[Costmap], None]) -> None:
        planning, now = self._planning, self._node.now()
        planning.submit(
            lambda: costmap_message(planning.planner.costmap().nav2_costs(), planning.frame, now),
            lambda done: answer(done.result()),
        )

    def _clear(self, around: Pose | None, half_width: float, outside: bool) -> None:
        self._planning.submit(lambda: self._planning.planner.clear_observations(around, half_width, outside))

    def _locate(self, pose: PoseStamped | None) -> Pose:
        return self._planning.robot_pose() if pose is None else self._planning.pose_in_frame(pose, "the pose")
