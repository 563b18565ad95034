"""The node `global_planner`: which way, roughly; and the navigator that carries goals out."""

from __future__ import annotations

import sys
from collections.abc import Callable

from nav_msgs.msg import Path
from rclpy.lifecycle import LifecycleState, TransitionCallbackReturn

from astro_nav_common.robot import load_robot
from astro_nav_global.params import GlobalParams, NavigatorParams
from astro_nav_global.passages import load_passages
from astro_nav_global.planner import GlobalPlanner
from astro_nav_global.servers.driver import Driver
from astro_nav_global.servers.masks import MaskServer
from astro_nav_global.servers.memory import MemoryServer, open_memory
from astro_nav_global.servers.navigation import NavigationServers
from astro_nav_global.servers.others import missing
from astro_nav_global.servers.paths import PathServers
from astro_nav_global.servers.planning import Planning
from astro_nav_global.servers.smoothing import SmoothServer
from astro_nav_global.servers.surroundings import Surroundings
from astro_nav_ros import qos
from astro_nav_ros.beat import Beat
from astro_nav_ros.node_params import GlobalNodeParams
from astro_nav_ros.presence import NAVIGATOR, announce
from astro_nav_ros.runtime import ManagedNode, run

#: of what is looked at regularly
_LEAST_HZ = 10.0


class GlobalPlannerNode(ManagedNode):
    """Hears maps and what the local planner sees, answers with paths, and has them driven."""

    def __init__(self) -> None:
        """Declare the parameters."""
        super().__init__("global_planner", fixed=(GlobalNodeParams,), tunable=(GlobalParams, NavigatorParams))
        self._beat: Beat | None = None
        self.stand_in_for("planner_server", "smoother_server")
        # who waits for these wants to drive: as in Nav2, where they come last, all others are there then
        self.stand_in_for("bt_navigator", "waypoint_follower", once=lambda: not missing(self))

    def on_activate(self, state: LifecycleState) -> TransitionCallbackReturn:
        """See `start`."""
        self._beat = None  # the last one's timer is gone
        return super().on_activate(state)

    def every(self, period: float, call: Callable[[], None]) -> None:
        """By one timer for all: see `beat.py`."""
        if self._beat is None:
            self._beat = Beat(self, 1.0 / max(self.parameters.get(GlobalNodeParams).navigator_hz, _LEAST_HZ))
        self._beat.add(period, call)

    def setup(self) -> None:
        """Warm up the planner; create the publishers."""
        self._robot = load_robot(self.parameters.get(GlobalNodeParams).robot)
        GlobalPlanner(self.parameters.get(GlobalParams), self._robot).warm_up()
        passages_file = self.parameters.get(GlobalNodeParams).passages_file
        self._named_passages = load_passages(passages_file) if passages_file else ()
        self._plan = self.create_publisher(Path, "plan", qos.LATCHED)

    def start(self) -> None:
        """Build the planner; listen, and serve."""
        self._store = open_memory(self, self.parameters.get(GlobalNodeParams).memory_file)
        self._planning = Planning(self, self._robot, self._store, self._named_passages)
        MemoryServer(self, self._planning, self._store)
        self._masks = MaskServer(self, self._planning)
        Surroundings(self, self._planning)
        PathServers(self, self._planning, self._plan)
        SmoothServer(self, self._planning, self._plan)
        self._driver = Driver(self, self._planning, self._plan)
        NavigationServers(self, self._driver, self._planning.params.navigator_hz)
        announce(self, NAVIGATOR)

    def stop(self) -> None:
        """Let no motion and no thread survive."""
        self._driver.stop()
        self._masks.stop()
        self._planning.stop()
        self._store.close()


def main() -> int:
    """Entry point."""
    return run(GlobalPlannerNode, "global_planner")


if __name__ == "__main__":
    sys.exit(main())
