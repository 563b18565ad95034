"""One stack for all tests that drive in the small world: starting it takes longer than most of them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

pytest.importorskip("rclpy", reason="needs ROS: run in the environment that `make setup` builds")
import rclpy

from astro_nav_global.map_io import save_map
from astro_nav_sim.worlds import load_world
from astro_nav_tools.live.processes import Processes

from .client import Client

WORLD = Path(__file__).with_name("small_world.yaml")


@pytest.fixture(scope="session")
def ros() -> Iterator[None]:
    """ROS in this process."""
    rclpy.init()
    yield
    rclpy.try_shutdown()


@pytest.fixture(scope="module")
def client(ros: None) -> Iterator[Client]:
    """A client, before and after any nodes; its latched maps and masks do not outlive the module."""
    client = Client()
    yield client
    client.close()


@pytest.fixture(scope="module")
def stack(client: Client, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Processes]:
    """Simulator, map server and the three planners, ready to drive."""
    folder = tmp_path_factory.mktemp("stack")
    with Processes(folder) as processes:
        start_world(processes, folder, WORLD)
        for name in ("global", "local", "reactive"):
            processes.start(name, f"astro_nav_{name}.node", use_sim_time=True)
        processes.start("manager", "astro_nav_ros.lifecycle_manager")
        client.until_ready()
        processes.check()
        yield processes
        assert set(processes.end().values()) == {0}


def start_world(processes: Processes, folder: Path, path: Path) -> None:
    """Start the simulator in a world, and the server of its map, which is written to `folder`."""
    world = load_world(str(path))
    assert world.map is not None
    save_map(world.map, folder / "map.yaml")
    processes.start("simulator", "astro_nav_sim.node", world=path)
    processes.start("map_server", "astro_nav_sim.map_server", yaml_filename=folder / "map.yaml", use_sim_time=True)
