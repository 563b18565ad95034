"""The map server as nav2_map_server's clients know it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("rclpy", reason="needs ROS: run in the environment that `make setup` builds")
from nav2_msgs.srv import LoadMap
from nav_msgs.msg import OccupancyGrid
from nav_msgs.srv import GetMap

from astro_nav_common.grid import Grid
from astro_nav_global.map_io import save_map
from astro_nav_ros import qos
from astro_nav_ros.conversions import grid_of
from astro_nav_tools.live.processes import Processes

from .client import Client


def some_map(path: Path, cols: int) -> Path:
    data = np.zeros((4, cols), np.int8)
    data[0] = 100
    save_map(Grid(data, 0.1, -1.0, 2.0), path)
    return path


def test_maps_are_served_swapped_and_refused(client: Client, tmp_path: Path) -> None:
    first, second = some_map(tmp_path / "first.yaml", 5), some_map(tmp_path / "second.yaml", 7)
    (tmp_path / "bad.yaml").write_text("image: none.pgm\nresolution: 0.1\norigin: [0, 0, 0]\n")
    with Processes(tmp_path) as processes:
        processes.start("map_server", "astro_nav_sim.map_server", yaml_filename=first)
        maps: list[OccupancyGrid] = []
        subscription = client.node.create_subscription(OccupancyGrid, "/map", maps.append, qos.LATCHED)
        client.until(lambda: maps, "the map")
        assert maps[0].header.frame_id == "map"
        assert grid_of(maps[0], "it").shape == (4, 5)

        answer = client.call(LoadMap, "/map_server/load_map", LoadMap.Request(map_url=str(second)))
        assert (answer.result, answer.map.info.width) == (LoadMap.Response.RESULT_SUCCESS, 7)
        client.until(lambda: maps[-1].info.width == 7, "the other map")

        (tmp_path / "no_yaml.yaml").write_text("image: [")
        (tmp_path / "no_size.yaml").write_text(f"image: {second.stem}.pgm\nresolution: 0.0\norigin: [0, 0, 0]\n")
        (tmp_path / "no_picture.pgm").write_text("P5 garbage")
        (tmp_path / "no_picture.yaml").write_text("image: no_picture.pgm\nresolution: 0.1\norigin: [0, 0, 0]\n")
        for name, result in (
            ("missing.yaml", "RESULT_MAP_DOES_NOT_EXIST"),
            ("no_yaml.yaml", "RESULT_INVALID_MAP_METADATA"),
            ("no_size.yaml", "RESULT_INVALID_MAP_METADATA"),
            ("bad.yaml", "RESULT_INVALID_MAP_DATA"),
            ("no_picture.yaml", "RESULT_INVALID_MAP_DATA"),
        ):
            answer = client.call(LoadMap, "/map_server/load_map", LoadMap.Request(map_url=str(tmp_path / name)))
            assert answer.result == getattr(LoadMap.Response, result)
        assert client.call(GetMap, "/map_server/map", GetMap.Request()).map.info.width == 7
        client.node.destroy_subscription(subscription)
        processes.check()
