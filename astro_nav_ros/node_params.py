"""What the nodes take beside their algorithm's parameters: the robot, frames, topics. Read once, at the start. No ROS here."""

from __future__ import annotations

import math
from dataclasses import dataclass

from astro_nav_common.conventions import BASE_FRAME, MAP_FRAME, ODOM_FRAME
from astro_nav_common.errors import ParameterError
from astro_nav_common.params import Params, param

PAN_JOINT = "screen_pan"
_FILTER_INFO_TOPICS = ("costmap_filter_info", "keepout_costmap_filter_info", "speed_costmap_filter_info")
_FILTER_INFO_DOC = "Topics that tell of keepout and speed masks, as Nav2's costmap filters hear them."


@dataclass(frozen=True)
class NodeParams(Params):
    """Every managed node."""

    autostart: bool = param(True, doc="Configure and activate at the start; if false, wait for a lifecycle manager.")
    diagnostics_hz: float = param(1.0, unit="Hz", low=0.1, high=10.0, doc="Rate of the diagnostics topic.")


@dataclass(frozen=True)
class LifecycleManagerNodeParams(NodeParams):
    """The node lifecycle_manager_navigation."""

    node_names: tuple[str, ...] = param(
        ("reactive_guard", "local_planner", "global_planner"),
        doc="Nodes of the group lifecycle_manager_navigation, in the order in which they are started.",
    )
    localization_node_names: tuple[str, ...] = param(
        ("map_server",), doc="Nodes of the group lifecycle_manager_localization."
    )


@dataclass(frozen=True)
class RobotNodeParams(NodeParams):
    """Nodes that know the robot and its frames."""

    robot: str = param("astro", doc="Name of a robot (astro, jackal) or the path of a YAML file that describes one.")
    global_frame: str = param(MAP_FRAME, doc="Frame of the map and of goals.")
    odom_frame: str = param(ODOM_FRAME, doc="Frame of odometry, in which motion is planned.")
    robot_base_frame: str = param(BASE_FRAME, doc="Frame of the base.")


@dataclass(frozen=True)
class SourceParams(Params):
    """One source of scans. Its parameters are named SOURCE.NAME, and mostly as Nav2 names them."""

    topic: str = param("", doc="Topic; empty: the source's name.")
    data_type: str = param("LaserScan", choices=("LaserScan", "PointCloud2"), doc="Type of its messages.")
    obstacle_min_range: float = param(
        0.0, unit="m", low=0.0, high=10.0, doc="What is closer to the sensor than this is not looked at."
    )
    obstacle_max_range: float = param(
        10.0,
        unit="m",
        low=0.1,
        high=200.0,
        doc="Neither is what is further away; of a LaserScan, its own range counts if less.",
    )
    min_obstacle_height: float = param(
        0.05,
        unit="m",
        low=-5.0,
        high=5.0,
        doc="Of a PointCloud2: points below this height over the base frame are floor ...",
    )
    max_obstacle_height: float = param(
        0.6, unit="m", low=-5.0, high=5.0, doc="... and those above this one are over the robot."
    )
    min_angle: float = param(
        -math.pi,
        unit="rad",
        low=-2 * math.pi,
        high=2 * math.pi,
        doc="The field of view that is used begins in this direction from the sensor, 0 being ahead of the robot ...",
    )
    max_angle: float = param(
        math.pi, unit="rad", low=-2 * math.pi, high=2 * math.pi, doc="... and ends, counter-clockwise, in this one."
    )

    def __post_init__(self) -> None:
        super().__post_init__()
        for low, high in (
            ("obstacle_min_range", "obstacle_max_range"),
            ("min_obstacle_height", "max_obstacle_height"),
            ("min_angle", "max_angle"),
        ):
            if getattr(self, low) >= getattr(self, high):
                raise ParameterError(f"{low} = {getattr(self, low)} must be less than {high} = {getattr(self, high)}")


@dataclass(frozen=True)
class SensingNodeParams(RobotNodeParams):
    """Nodes that hear the sensors."""

    observation_sources: tuple[str, ...] = param(
        ("scan",),
        doc="Names of the sources of scans. Each has parameters of its own, NAME.topic and so on: see docs/parameters.md.",
        each=SourceParams,
    )
    odom_topic: str = param("odom", doc="Odometry topic.")
    pan_joint: str = param(PAN_JOINT, doc="Name of the screen's pan joint in joint_states.")


@dataclass(frozen=True)
class GuardNodeParams(SensingNodeParams):
    """The node reactive_guard."""

    enable_stamped_cmd_vel: bool = param(False, doc="Publish cmd_vel as TwistStamped instead of Twist.")
    realtime_priority: int = param(
        10, low=0, high=99, doc="Priority under the real-time scheduler, where that is allowed; 0: the usual scheduler."
    )


@dataclass(frozen=True)
class LocalNodeParams(SensingNodeParams):
    """The node local_planner."""

    enable_stamped_cmd_vel: bool = param(False, doc="cmd_vel, heard to know what was sent, is a TwistStamped.")
    realtime_priority: int = param(
        5,
        low=0,
        high=99,
        doc="Priority under the real-time scheduler, where that is allowed, below the guard's; 0: the usual scheduler.",
    )
    seed: int = param(0, low=0, doc="Seed of the search's sample.")
    filter_info_topics: tuple[str, ...] = param(_FILTER_INFO_TOPICS, doc=_FILTER_INFO_DOC)
    costmap_hz: float = param(5.0, unit="Hz", low=0.5, high=50.0, doc="Rate of local_costmap/costmap.")
    picture_hz: float = param(5.0, unit="Hz", low=0.5, high=50.0, doc="Rate of trajectories, while somebody looks.")
    blocked_patience: float = param(
        1.0, unit="s", low=0.0, high=60.0, doc="follow_path gives up when its path is blocked for longer."
    )
    required_movement_radius: float = param(0.3, unit="m", low=0.01, high=5.0, doc="Moving so far is progress ...")
    required_movement_angle: float = param(0.5, unit="rad", low=0.01, high=3.2, doc="... or turning so far ...")
    movement_time_allowance: float = param(
        10.0, unit="s", low=0.5, high=300.0, doc="... within this time, else follow_path gives up."
    )
    transform_timeout: float = param(
        0.15, unit="s", low=0.02, high=5.0, doc="Stop while the newest transform to a path's frame is older than this."
    )
    transform_tolerance: float = param(
        1.0, unit="s", low=0.0, high=10.0, doc="follow_path gives up without a transform for longer."
    )
    navigator_patience: float = param(
        3.0, unit="s", low=0.0, high=60.0, doc="follow_path gives up when the navigator is dead or hangs for longer."
    )


@dataclass(frozen=True)
class GlobalNodeParams(RobotNodeParams):
    """The node global_planner."""

    local_costmap_topic: str = param(
        "local_costmap/costmap", doc="What the local planner sees, for maps that lack it or no map at all."
    )
    memory_file: str = param(
        "auto",
        doc="SQLite file of what was found open or blocked; auto: the user's own, none under simulated time; empty: none.",
    )
    passages_file: str = param("", doc="YAML file that names doors and other passages of the map; empty: none.")
    filter_info_topics: tuple[str, ...] = param(_FILTER_INFO_TOPICS, doc=_FILTER_INFO_DOC)
    observe_period: float = param(
        0.5, unit="s", low=0.05, high=10.0, doc="Least time between two of its maps that are looked at."
    )
    navigator_hz: float = param(
        10.0, unit="Hz", low=1.0, high=50.0, doc="Rate at which a goal under way is looked after."
    )
    transform_timeout: float = param(
        0.5, unit="s", low=0.02, high=5.0, doc="The robot's pose is unknown while the newest transform is older."
    )
    transform_patience: float = param(
        2.0, unit="s", low=0.0, high=60.0, doc="A goal ends without a transform for longer."
    )
    publish_hz: float = param(
        1.0, unit="Hz", low=0.05, high=10.0, doc="Rate of global_costmap/costmap, while somebody looks."
    )


@dataclass(frozen=True)
class MapServerNodeParams(NodeParams):
    """The node map_server."""

    yaml_filename: str = param("", doc="Map file (map_server YAML) to serve; empty: wait for the load_map service.")
    topic_name: str = param("map", doc="Topic of the map.")
    frame_id: str = param(MAP_FRAME, doc="Frame of the map.")


@dataclass(frozen=True)
class SimulatorNodeParams(NodeParams):
    """The node simulator."""

    world: str = param("home", doc="Name of a world, or the path of a floor plan or of a map's YAML file.")
    robot: str = param("astro", doc="Name of a simulated robot, or the path of a YAML file that describes one.")
    start: tuple[float, ...] = param(
        (), unit="m, m, rad", doc="Start pose x, y, yaw in the world; empty: the world's own."
    )
    seed: int = param(0, low=0, doc="Seed of all noise.")
    ideal: bool = param(False, doc="No noise, drift, delay or dropout.")
    sensing_latency: float = param(
        0.0, unit="s", low=0.0, high=2.0, doc="Latency of the scans, beside the robot's own."
    )
    actuation_latency: float = param(0.0, unit="s", low=0.0, high=2.0, doc="Delay of the base, beside the robot's own.")
    real_time_factor: float = param(
        1.0, low=0.05, high=50.0, doc="Simulated seconds a second, if the machine keeps up."
    )
    clock_hz: float = param(100.0, unit="Hz", low=20.0, high=200.0, doc="Rate of /clock; messages leave with it.")
    localisation: bool = param(True, doc="Publish map -> odom from ground truth, as a perfect localisation would.")
    localisation_noise: float = param(
        0.0, unit="m", low=0.0, high=1.0, doc="Standard deviation of that transform's slow error."
    )
    enable_stamped_cmd_vel: bool = param(False, doc="Take cmd_vel as TwistStamped instead of Twist.")
    global_frame: str = param(MAP_FRAME, doc="Frame of the world.")
    odom_frame: str = param(ODOM_FRAME, doc="Frame of odometry.")
    robot_base_frame: str = param(BASE_FRAME, doc="Frame of the base.")
    pan_joint: str = param(PAN_JOINT, doc="Name of the screen's pan joint in joint_states.")
