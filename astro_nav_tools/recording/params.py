"""Parameters of the node `recorder`."""

from __future__ import annotations

from dataclasses import dataclass

from astro_nav_common.params import param
from astro_nav_ros.node_params import NodeParams

#: what a drive is made of: enough to see it again in Foxglove or rviz2, and to measure it
TOPICS = (
    "map", "tf", "tf_static", "scan", "odom", "joint_states", "cmd_vel", "screen/command", "goal_pose", "plan", "local_plan",
    "trajectory", "local_costmap/costmap", "local_costmap/published_footprint", "global_costmap/costmap", "obstacles",
    "guard/state", "collision_monitor_state", "diagnostics", "rosout", "ground_truth/odom", "ground_truth/contacts",
)  # fmt: skip


@dataclass(frozen=True)
class RecorderParams(NodeParams):
    """The node recorder."""

    path: str = param("drive.mcap", doc="File to write.")
    topics: tuple[str, ...] = param(TOPICS, doc="Topics to record, as soon as somebody publishes them.")
    pictures: tuple[str, ...] = param(("trajectories",), doc="Large topics for the eye, of which some are enough.")
    picture_hz: float = param(2.0, unit="Hz", low=0.01, high=100.0, doc="Largest rate at which pictures are kept.")
