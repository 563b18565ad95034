"""Which parameter sets each node has."""

from __future__ import annotations

from dataclasses import dataclass

from astro_nav_common.params import Params
from astro_nav_global.params import GlobalParams, NavigatorParams
from astro_nav_local.params import LocalParams
from astro_nav_reactive.params import GuardParams
from astro_nav_ros.node_params import (
    GlobalNodeParams,
    GuardNodeParams,
    LifecycleManagerNodeParams,
    LocalNodeParams,
    MapServerNodeParams,
    SimulatorNodeParams,
)
from astro_nav_tools.recording.params import RecorderParams


@dataclass(frozen=True)
class NodeSpec:
    """A node's name and parameters.

    fixed: sets read once, at the start. tunable: sets that may change while it runs. config: the file of defaults it stands in, if any.
    arguments: parameters that the launch files take as arguments, which count more than any file.
    """

    name: str
    fixed: tuple[type[Params], ...]
    tunable: tuple[type[Params], ...] = ()
    config: str = ""
    arguments: tuple[str, ...] = ()


STACK, SHARED = "config/astro_nav.yaml", ("robot", "autostart")

NODES = (
    NodeSpec("global_planner", (GlobalNodeParams,), (GlobalParams, NavigatorParams), STACK, SHARED),
    NodeSpec("local_planner", (LocalNodeParams,), (LocalParams,), STACK, SHARED),
    NodeSpec("reactive_guard", (GuardNodeParams,), (GuardParams,), STACK, SHARED),
    NodeSpec("lifecycle_manager_navigation", (LifecycleManagerNodeParams,), config=STACK),
    NodeSpec("map_server", (MapServerNodeParams,), arguments=("yaml_filename", "autostart")),
    NodeSpec("simulator", (SimulatorNodeParams,), config="config/simulator.yaml", arguments=("world", "robot", "seed")),
    NodeSpec("recorder", (RecorderParams,), arguments=("path",)),
)
