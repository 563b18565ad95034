"""The services that Nav2 has beside each of its costmaps, under its own names and those that its Python client asks for."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from geometry_msgs.msg import PoseStamped
from nav2_msgs.msg import Costmap
from nav2_msgs.srv import (
    ClearCostmapAroundPose,
    ClearCostmapAroundRobot,
    ClearCostmapExceptRegion,
    ClearEntireCostmap,
    GetCostmap,
)
from rclpy.node import Node

from astro_nav_common.errors import AstroNavError, InputError
from astro_nav_common.types import Pose
from astro_nav_ros.services import serve_later


class CostmapServices:
    """`get_costmap` and four ways of clearing, in the namespace `local_costmap` or `global_costmap`."""

    def __init__(
        self,
        node: Node,
        which: str,
        look: Callable[[Callable[[Costmap], None]], None],
        clear: Callable[[Pose | None, float, bool], None],
        locate: Callable[[PoseStamped | None], Pose],
    ) -> None:
        """Serve.

        Args:
            which: local or global.
            look: calls what it is given with the costmap, now or later.
            clear: forgets what was seen, everywhere (None), or in the square around a pose of half-width m, or (True) outside of it.
            locate: a pose, or the robot's (None), in the costmap's frame. Raises AstroNavError.
        """
        self._node, self._clear, self._locate = node, clear, locate

        def get(_request: Any, answer: Callable[[Any], None]) -> None:
            look(lambda costmap: answer(GetCostmap.Response(map=costmap)))

        def clear_all(_request: Any, response: Any) -> Any:
            clear(None, 0.0, False)
            return response

        serve_later(node, GetCostmap, f"{which}_costmap/get_costmap", get)
        node.create_service(ClearEntireCostmap, f"{which}_costmap/clear_entirely_{which}_costmap", clear_all)
        for kind, names, outside in (
            (ClearCostmapAroundRobot, (f"clear_around_{which}_costmap", "clear_costmap_around_robot"), False),
            (ClearCostmapExceptRegion, (f"clear_except_{which}_costmap", "clear_costmap_except_region"), True),
            (ClearCostmapAroundPose, (f"clear_around_pose_{which}_costmap", "clear_costmap_around_pose"), False),
        ):
            for name in names:
                node.create_service(kind, f"{which}_costmap/{name}", self._clearing(outside))

    def _clearing(self, outside: bool) -> Callable[[Any, Any], Any]:
        def serve(request: Any, response: Any) -> Any:
            try:
                if not 0.0 <= request.reset_distance < float("inf"):
                    raise InputError(f"reset_distance = {request.reset_distance} must be a number of metres")
                pose = self._locate(getattr(request, "pose", None))
            except AstroNavError as error:  # the response has no field to say so
                self._node.get_logger().warning(f"costmap not cleared: {error}")
                return response
            self._clear(pose, 0.5 * request.reset_distance, outside)
            return response

        return serve
