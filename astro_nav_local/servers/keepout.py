"""Keepout masks for the local planner: no motion leads into what they forbid."""

from __future__ import annotations

from collections.abc import Callable

from astro_nav_common.grid import Grid
from astro_nav_common.masks import KEEPOUT, KeepoutMask
from astro_nav_local.keepout import Keepout
from astro_nav_local.planner import LocalPlanner
from astro_nav_ros.masks import MaskListener
from astro_nav_ros.node_params import LocalNodeParams
from astro_nav_ros.runtime import ManagedNode
from astro_nav_ros.transforms import TransformError, Transforms


class KeepoutServer:
    """Hears of masks on `filter_info_topics`, as the global planner does."""

    def __init__(
        self, node: ManagedNode, planner: Callable[[], LocalPlanner], params: LocalNodeParams, transforms: Transforms
    ) -> None:
        """Listen."""
        self._planner, self._params, self._transforms = planner, params, transforms
        self._mask: tuple[KeepoutMask, str] | None = None  # with its frame
        self._listener = MaskListener(node, params.filter_info_topics, params.global_frame, {KEEPOUT: self._take})

    def stop(self) -> None:
        """Hear no more."""
        self._listener.stop()

    def update(self) -> None:
        """Tell the planner where the mask is in odom now; while no transform says so, what it was told before holds."""
        if self._mask is None:
            return
        mask, frame = self._mask
        try:
            odom_mask = self._transforms.lookup(frame, self._params.odom_frame)
        except TransformError:
            return
        self._planner().set_keepout(Keepout(mask, odom_mask))

    def _take(self, grid: Grid, base: float, multiplier: float, frame: str) -> None:
        self._mask = KeepoutMask(grid, base, multiplier), frame
