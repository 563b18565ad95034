"""What the nodes take beside their algorithm's parameters: the robot, frames, topics. Read once, at the start. No ROS here."""

from __future__ import annotations

from dataclasses import dataclass

from astro_nav_common.conventions import BASE_FRAME, MAP_FRAME, ODOM_FRAME
from astro_nav_common.params import Params, param


@dataclass(frozen=True)
class NodeParams(Params):
    """Every managed node."""

    autostart: bool = param(True, doc="Configure and activate at the start; if false, wait for a lifecycle manager.")
    diagnostics_hz: float = param(1.0, unit="Hz", low=0.1, high=10.0, doc="Rate of the diagnostics topic.")


@dataclass(frozen=True)
class RobotNodeParams(NodeParams):
    """Nodes that know the robot and its frames."""

    robot: str = param("astro", doc="Name of a robot (astro, jackal) or the path of a YAML file that describes one.")
    global_frame: str = param(MAP_FRAME, doc="Frame of the map and of goals.")
    odom_frame: str = param(ODOM_FRAME, doc="Frame of odometry, in which motion is planned.")
    robot_base_frame: str = param(BASE_FRAME, doc="Frame of the base.")


@dataclass(frozen=True)
class SensingNodeParams(RobotNodeParams):
    """Nodes that hear the sensors."""

    scan_topics: tuple[str, ...] = param(("scan",), doc="LaserScan topics.")
    odom_topic: str = param("odom", doc="Odometry topic.")
    pan_joint: str = param("screen_pan", doc="Name of the screen's pan joint in joint_states.")


@dataclass(frozen=True)
class GuardNodeParams(SensingNodeParams):
    """The node reactive_guard."""

    enable_stamped_cmd_vel: bool = param(False, doc="Publish cmd_vel as TwistStamped instead of Twist.")


@dataclass(frozen=True)
class LocalNodeParams(SensingNodeParams):
    """The node local_planner."""

    enable_stamped_cmd_vel: bool = param(False, doc="cmd_vel, heard to know what was sent, is a TwistStamped.")
    seed: int = param(0, low=0, doc="Seed of the search's sample.")
