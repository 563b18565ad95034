"""Maps and masks that are too large: refused before they are unpacked."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest

pytest.importorskip("rclpy", reason="needs ROS: run in the environment that `make setup` builds")
from map_msgs.msg import OccupancyGridUpdate
from nav2_msgs.msg import CostmapFilterInfo
from nav_msgs.msg import OccupancyGrid
from rclpy.node import Node

from astro_nav_common.grid import Grid
from astro_nav_common.masks import KEEPOUT
from astro_nav_ros import bounded, maps, masks, qos
from astro_nav_ros.conversions import grid_message
from astro_nav_ros.runtime import make_executor

from .spinning import spin_until

#: bytes, in the place of those of 64 million cells
LIMIT = 2000


class Bench:
    """A node that hears maps and masks, and one that has some to say; what is unpacked is counted."""

    def __init__(self, context: Any, monkeypatch: pytest.MonkeyPatch) -> None:
        for module in (maps, masks):
            monkeypatch.setattr(module, "GRID", LIMIT, raising=False)
        self.unpacked: list[int] = []
        unpack = bounded.deserialize_message

        def spy(data: bytes, kind: Any) -> Any:
            self.unpacked.append(len(data))
            return unpack(data, kind)

        monkeypatch.setattr(bounded, "deserialize_message", spy)
        self.ears: Any = Node("ears", context=context)
        self.mouth: Any = Node("mouth", context=context)
        self.executor = make_executor(context)
        self.executor.add_node(self.ears)
        self.executor.add_node(self.mouth)
        self.heard: list[int] = []

    def take(self, grid: Grid, *_: object) -> None:
        self.heard.append(grid.data.size)

    def until(self, done: Callable[[], Any]) -> None:
        spin_until(self.executor, done)


@pytest.fixture
def bench(ros_context: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Bench]:
    bench = Bench(ros_context, monkeypatch)
    yield bench
    bench.executor.shutdown()
    bench.ears.destroy_node()
    bench.mouth.destroy_node()


def square(side: int) -> OccupancyGrid:
    return grid_message(Grid(np.zeros((side, side), np.int8), 0.1, 0.0, 0.0), "map", 0.0)


def test_the_limit_is_that_of_the_cells_that_are_supported() -> None:
    assert bounded.GRID == 64_000_000 + bounded.SMALL


def test_a_map_and_an_update_that_are_too_large_are_not_unpacked(bench: Bench) -> None:
    maps.MapListener(bench.ears, bench.take)
    tell = bench.mouth.create_publisher(OccupancyGrid, "map", qos.LATCHED)
    update = bench.mouth.create_publisher(OccupancyGridUpdate, "map_updates", qos.DEFAULT)
    bench.until(lambda: tell.get_subscription_count() and update.get_subscription_count())
    tell.publish(square(100))
    bench.executor.spin_once(0.3)
    tell.publish(square(20))
    bench.until(lambda: bench.heard)
    for side in (100, 10):
        update.publish(OccupancyGridUpdate(x=0, y=0, width=side, height=side, data=square(side).data))
    bench.until(lambda: len(bench.heard) == 2)
    assert bench.heard == [400, 400]
    assert len(bench.unpacked) == 2 and max(bench.unpacked) < LIMIT


def test_a_mask_that_is_too_large_is_not_unpacked(bench: Bench) -> None:
    listener = masks.MaskListener(bench.ears, ["info"], "map", {KEEPOUT: bench.take})
    infos = bench.mouth.create_publisher(CostmapFilterInfo, "info", qos.LATCHED)
    tell = bench.mouth.create_publisher(OccupancyGrid, "mask", qos.LATCHED)
    infos.publish(CostmapFilterInfo(type=KEEPOUT, filter_mask_topic="mask"))
    bench.until(tell.get_subscription_count)
    tell.publish(square(100))
    bench.executor.spin_once(0.3)
    tell.publish(square(20))
    bench.until(lambda: bench.heard)
    listener.stop()
    assert bench.heard == [400]
    assert len(bench.unpacked) == 1
