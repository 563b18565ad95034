"""What the local planner sees, in Nav2's terms: services of the local costmap."""

from __future__ import annotations

from collections.abc import Callable

from geometry_msgs.msg import PoseStamped
from nav2_msgs.msg import Costmap

from astro_nav_common.errors import InputError
from astro_nav_common.geometry import compose
from astro_nav_common.types import Pose
from astro_nav_local.planner import LocalPlanner
from astro_nav_ros.conversions import costmap_message, pose_of
from astro_nav_ros.costmap_services import CostmapServices
from astro_nav_ros.runtime import ManagedNode
from astro_nav_ros.transforms import Transforms


class LocalCostmap:
    """Looks at the map of whatever planner is in use."""

    def __init__(
        self,
        node: ManagedNode,
        planner: Callable[[], LocalPlanner],
        inscribed: float,
        frame: str,
        transforms: Transforms,
    ) -> None:
        """Serve. Args: inscribed: half of the footprint's width, m. frame: that is planned in."""
        self._node, self._planner, self._inscribed = node, planner, inscribed
        self._frame, self._transforms = frame, transforms
        CostmapServices(node, "local", self._look, self._clear, self._locate)

    def _look(self, answer: Callable[[Costmap], None]) -> None:
        answer(costmap_message(self._planner().map.nav2_costs(self._inscribed), self._frame, self._node.now()))

    def _clear(self, around: Pose | None, half_width: float, outside: bool) -> None:
        field_map = self._planner().map
        if around is None:
            field_map.clear()
        else:
            field_map.forget(around.x, around.y, half_width, outside)

    def _locate(self, pose: PoseStamped | None) -> Pose:
        if pose is not None:
            planar = pose_of(pose.pose, "the pose")
            return compose(self._transforms.lookup(self._frame, pose.header.frame_id), planar)
        newest = self._planner().odometry.newest
        if newest is None:
            raise InputError("no odometry yet: it is not known where the robot is")
        return newest.pose
