"""Which parameter sets each node has."""

from __future__ import annotations

from dataclasses import dataclass

from astro_nav_common.params import Params
from astro_nav_local.params import LocalParams
from astro_nav_ros.node_params import LocalNodeParams


@dataclass(frozen=True)
class NodeSpec:
    """name of the node; fixed: read at the start; tunable: may change while it runs; in_config: belongs in the stack's default file."""

    name: str
    fixed: tuple[type[Params], ...]
    tunable: tuple[type[Params], ...] = ()
    in_config: bool = True


NODES = (NodeSpec("local_planner", (LocalNodeParams,), (LocalParams,)),)
