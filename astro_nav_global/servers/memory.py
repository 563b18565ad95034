"""The navigability memory: its file, and its pictures for rviz."""

from __future__ import annotations

from concurrent.futures import Future
from typing import Any

from nav_msgs.msg import OccupancyGrid
from visualization_msgs.msg import MarkerArray

from astro_nav_global.memory_store import IN_MEMORY, MemoryFileError, MemoryStore, default_path
from astro_nav_global.servers.passage_markers import passage_markers
from astro_nav_global.servers.planning import Planning
from astro_nav_ros import qos
from astro_nav_ros.conversions import grid_message
from astro_nav_ros.runtime import ManagedNode

#: as memory_file: the user's own, but none under simulated time, which would mix dreams with what was seen
AUTO = "auto"


def open_memory(node: ManagedNode, memory_file: str) -> MemoryStore:
    """The store that the parameter `memory_file` asks for; one without a file if that cannot be used, and the log says why."""
    if memory_file == AUTO:
        simulated = bool(node.get_parameter("use_sim_time").value)
        memory_file = IN_MEMORY if simulated else str(default_path())
    try:
        store = MemoryStore(memory_file or IN_MEMORY)
    except MemoryFileError as error:
        node.get_logger().warning(f"{error}; what is found open or blocked is kept only while this node runs")
        return MemoryStore(IN_MEMORY)
    for message in store.messages:
        node.get_logger().warning(message)
    store.messages.clear()
    return store


class MemoryServer:
    """Publishes what is remembered, `global_costmap/memory_layer` and `passages`, while somebody looks; says what is wrong with the file."""

    def __init__(self, node: ManagedNode, planning: Planning, store: MemoryStore) -> None:
        """Args: store: the planner's; only looked at for its messages."""
        self._node, self._planning, self._store = node, planning, store
        self._problem = ""
        self._layer = node.create_publisher(OccupancyGrid, "global_costmap/memory_layer", qos.LATCHED)
        self._passages = node.create_publisher(MarkerArray, "passages", qos.LATCHED)
        node.every(1.0 / planning.params.publish_hz, self._look)

    def _look(self) -> None:
        while self._store.messages:
            self._node.get_logger().warning(self._store.messages.pop(0))
        problem = self._planning.planner.memory_problem
        if problem and not self._problem:
            self._node.get_logger().warning(f"{problem}; nothing new is saved until that is mended")
        elif self._problem and not problem:
            self._node.get_logger().info("the memory is saved again")
        self._problem = problem
        if self._layer.get_subscription_count() or self._passages.get_subscription_count():
            self._show()

    def _show(self) -> None:
        planner, frame, now = self._planning.planner, self._planning.frame, self._node.now()

        def look() -> tuple[OccupancyGrid, MarkerArray] | None:
            memory = planner.memory
            if memory is None:
                return None
            return grid_message(memory.layer(now), frame, now), passage_markers(memory.states(now), frame, now)

        def show(done: Future[Any]) -> None:
            if done.result() is not None:
                layer, passages = done.result()
                self._layer.publish(layer)
                self._passages.publish(passages)

        self._planning.submit(look, show)
