"""Parameters of the global layer: where paths may and like to go, and how a goal is carried out."""

from __future__ import annotations

from dataclasses import dataclass

from astro_nav_common.params import Params, param


@dataclass(frozen=True)
class GlobalParams(Params):
    """Costs, search, guidance and what is kept of the local layer's observations."""

    clearance_weight: float = param(
        4.0, low=0.0, high=50.0, doc="Extra cost of a metre where the footprint just fits, in metres of open space."
    )
    clearance_scale: float = param(
        0.1, unit="m", low=0.02, high=2.0, doc="Further clearance over which that extra cost falls to 37 %."
    )
    tight_weight: float = param(
        10.0, low=0.0, high=50.0, doc="As clearance_weight, on top of it: what squeezing through is to be avoided for."
    )
    tight_scale: float = param(
        0.05,
        unit="m",
        low=0.01,
        high=2.0,
        doc="As clearance_scale, for tight_weight: a hand's width more is no squeeze.",
    )
    clearance_margin: float = param(
        0.0,
        unit="m",
        low=0.0,
        high=1.0,
        doc="Clearance demanded beyond half of the footprint's width; less is blocked.",
    )
    allow_unknown: bool = param(True, doc="Paths may cross unknown cells of a map.")
    unknown_weight: float = param(
        4.0, low=0.0, high=50.0, doc="Extra cost of a metre of unknown space in a map, in metres of open space."
    )
    unexplored_weight: float = param(
        0.5, low=0.0, high=50.0, doc="The same where there is no map, on the growing grid."
    )
    start_tolerance: float = param(
        0.4, unit="m", low=0.0, high=2.0, doc="A start in a blocked cell is moved to a free one within this distance."
    )
    shortcut_margin: float = param(
        0.02, low=0.0, high=1.0, doc="A shortcut may cost this fraction more than the part of the path it replaces."
    )
    path_spacing: float = param(
        0.1, unit="m", low=0.01, high=1.0, doc="Largest distance between points of a guidance path."
    )
    rounding_length: float = param(
        0.3, unit="m", low=0.0, high=10.0, doc="Bends of a path shorter than this are rounded off by smooth_path."
    )
    observation_memory: float = param(
        300.0, unit="s", low=0.0, high=1e6, doc="How long an observation outweighs the map; without a map it is kept."
    )
    growing_resolution: float = param(0.05, unit="m", low=0.01, high=0.5, doc="Cell size of the growing grid.")
    growing_extent: float = param(
        100.0,
        unit="m",
        low=10.0,
        high=400.0,
        doc="Largest width and height of the growing grid; the far side is forgotten.",
    )
    door_habit: float = param(
        604800.0, unit="s", low=1.0, high=1e9, doc="Half-life of how often a door was found open or closed."
    )
    door_state: float = param(
        3600.0,
        unit="s",
        low=1.0,
        high=1e9,
        doc="Half-life of a door's being as it was seen last; then its habit decides.",
    )
    narrow_habit: float = param(86400.0, unit="s", low=1.0, high=1e9, doc="As door_habit, for other narrow places.")
    narrow_state: float = param(1800.0, unit="s", low=1.0, high=1e9, doc="As door_state, for other narrow places.")
    place_habit: float = param(21600.0, unit="s", low=1.0, high=1e9, doc="As door_habit, for places in the open.")
    place_state: float = param(900.0, unit="s", low=1.0, high=1e9, doc="As door_state, for places in the open.")
    place_weight: float = param(
        4.0,
        low=0.0,
        high=50.0,
        doc="Extra cost of a metre of a place that is surely occupied, in metres of open space.",
    )
    memory_independence: float = param(
        300.0,
        unit="s",
        low=1.0,
        high=1e6,
        doc="Half-life after which seeing the same again counts as half an observation.",
    )
    memory_prior: float = param(
        2.0, low=0.01, high=1e3, doc="Observations that the map, or a passage's usually_open, is worth."
    )
    detour_max: float = param(
        40.0,
        unit="m",
        low=0.0,
        high=1e4,
        doc="A way round a closed passage counts as at most so much, and none as that.",
    )


@dataclass(frozen=True)
class NavigatorParams(Params):
    """When to plan anew, when to recover, when to give up."""

    replan_period: float = param(
        2.0, unit="s", low=0.1, high=3600.0, doc="Time between looks for a better way than the one being followed."
    )
    replan_gain: float = param(
        0.15, low=0.0, high=1.0, doc="A better way is taken if it saves this fraction of the remaining cost ..."
    )
    replan_gain_min: float = param(0.5, unit="m", low=0.0, high=100.0, doc="... and at least this much of it.")
    off_path_distance: float = param(
        1.0, unit="m", low=0.1, high=20.0, doc="Plan anew when the robot is further from its path than this."
    )
    progress_distance: float = param(0.3, unit="m", low=0.01, high=10.0, doc="Moving this far counts as progress ...")
    progress_angle: float = param(0.5, unit="rad", low=0.01, high=6.3, doc="... and so does turning this far.")
    progress_time: float = param(
        10.0, unit="s", low=0.5, high=600.0, doc="Without progress for this long the way counts as blocked."
    )
    rest_time: float = param(
        4.0,
        unit="s",
        low=0.5,
        high=600.0,
        doc="Standing for this long on the way, the robot forgets what is around it and looks again; then it leaves a place too narrow to turn in, or waits.",
    )
    goal_xy_tolerance: float = param(
        0.25, unit="m", low=0.0, high=5.0, doc="If the robot gets no nearer to the goal, being this near is arrival ..."
    )
    goal_yaw_tolerance: float = param(
        0.25, unit="rad", low=0.0, high=3.2, doc="... with a heading this near to the goal's."
    )
    arrival_patience: float = param(
        1.5, unit="s", low=0.0, high=600.0, doc="... and without getting nearer for this long."
    )
    blocked_patience: float = param(
        1.0,
        unit="s",
        low=0.0,
        high=60.0,
        doc="How long the local layer may report a blocked way before it is acted upon.",
    )
    recoveries_max: int = param(
        6, low=0, high=100, doc="Recoveries in a row, without coming closer to the goal, before giving up."
    )
    reroutes_max: int = param(
        10, low=0, high=1000, doc="Other ways taken in a row because one was blocked, before recovering instead."
    )
    wait_time: float = param(3.0, unit="s", low=0.0, high=600.0, doc="Length of the recovery 'wait'.")
    back_up_distance: float = param(0.3, unit="m", low=0.0, high=2.0, doc="Length of the recovery 'back up'.")
    turn_angle: float = param(1.57, unit="rad", low=0.0, high=3.1, doc="Angle of the recovery 'turn'.")
    recovery_time: float = param(8.0, unit="s", low=0.1, high=600.0, doc="Time allowed for backing up or turning.")
    pass_distance: float = param(
        0.5, unit="m", low=0.05, high=5.0, doc="Poses on the way are passed at most this far away, without stopping."
    )
    stop_on_failure: bool = param(False, doc="A waypoint that cannot be reached ends follow_waypoints.")
    waypoint_pause: float = param(0.2, unit="s", low=0.0, high=3600.0, doc="Time spent at each waypoint.")
    expected_speed: float = param(
        0.5, unit="m/s", low=0.05, high=5.0, doc="Speed for estimating the time remaining, until there is one measured."
    )
