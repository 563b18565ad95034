"""The running stack with its relay and its client: `with LiveStack(...) as stack`, then `stack.until(...)`."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from types import TracebackType

import rclpy
from rclpy.signals import SignalHandlerOptions

from astro_nav_common.errors import AstroNavError
from astro_nav_global.map_io import save_map
from astro_nav_ros.runtime import make_executor, settle
from astro_nav_ros.transport import use_dependable_transport
from astro_nav_sim.world import World
from astro_nav_tools.live.client_node import Client
from astro_nav_tools.live.names import OF_PLANNER, OF_SIMULATOR, remaps
from astro_nav_tools.live.processes import Processes
from astro_nav_tools.live.relay_node import Relay

#: s for all nodes to come up; the very first time numba compiles
STARTING = 240.0
#: messages that may wait in this process when it was held up for half a second
_WAITING = 200
#: the nodes by name, with the modules that they run
MODULES = {
    "simulator": "astro_nav_sim.node",
    "map_server": "astro_nav_sim.map_server",
    "global_planner": "astro_nav_global.node",
    "local_planner": "astro_nav_local.node",
    "reactive_guard": "astro_nav_reactive.node",
}
#: those that navigate
NAVIGATORS = ("global_planner", "local_planner", "reactive_guard")


class StackError(AstroNavError):
    """What was waited for did not come."""


class LiveStack:
    """Simulator, map server and the three planners as processes; relay and client in this one."""

    def __init__(self, world: World, folder: Path, world_name: str, seed: int = 0) -> None:
        """Args: world: with a map. folder: existing, for map and logs. world_name: as the simulator takes it."""
        self.world, self.folder = world, folder
        self._world_name, self._seed = world_name, seed
        self.processes = Processes(folder)

    def __enter__(self) -> LiveStack:
        assert self.world.map is not None
        map_file = self.folder / "map.yaml"
        save_map(self.world.map, map_file)
        use_dependable_transport()
        self._owns_context = not rclpy.ok()  # else somebody else goes on using it
        if self._owns_context:
            rclpy.init(signal_handler_options=SignalHandlerOptions.NO)
        self.relay, self.client = Relay(), Client()
        self._executor = make_executor()
        for node in (self.relay, self.client):
            self._executor.add_node(node)
        start = self.processes.start
        start(
            "simulator", MODULES["simulator"], remaps=remaps(OF_SIMULATOR), world=self._world_name, seed=self._seed
        )  # fmt: skip
        start("map_server", MODULES["map_server"], yaml_filename=map_file, use_sim_time=True)
        start("global_planner", MODULES["global_planner"], use_sim_time=True)
        start("local_planner", MODULES["local_planner"], remaps=remaps(OF_PLANNER), use_sim_time=True)
        start("reactive_guard", MODULES["reactive_guard"], use_sim_time=True)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.processes.end()
        self._executor.shutdown()
        self.relay.destroy_node()
        self.client.destroy_node()
        if self._owns_context:
            rclpy.try_shutdown()

    def spin(self, duration: float, each: Callable[[], object] = lambda: None) -> None:
        """Let things happen for a while, s (wall); `each` is called all the time."""
        end = time.monotonic() + duration
        while time.monotonic() < end:
            self._executor.spin_once(0.01)
            each()

    def until(self, done: Callable[[], object], patience: float, each: Callable[[], object] = lambda: None) -> bool:
        """Let things happen until `done()`; False if that takes longer than `patience` s (wall)."""
        end = time.monotonic() + patience
        while not done():
            if time.monotonic() > end:
                return False
            self._executor.spin_once(0.01)
            each()
        return True

    def catch_up(self) -> None:
        """Take in what has come and waits here, at once."""
        for _ in range(_WAITING):
            self._executor.spin_once(0.0)

    def until_ready(self) -> None:
        """Wait for the whole stack. Raises StackError."""
        if not self.until(lambda: self.client.is_ready, STARTING, self.processes.check):
            raise StackError(f"the stack is not ready after {STARTING:g} s: {self.client.guard.words or 'no guard'}")
        self.spin(1.0)  # the transforms and the map
        # a garbage collection of all that has been imported takes 0.3 s, for which nothing would pass through the relay
        settle()
