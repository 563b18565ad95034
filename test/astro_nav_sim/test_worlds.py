"""Worlds by name and from files, good and bad."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st
from hypothesis.extra.numpy import arrays

from astro_nav_common.errors import MapError, WorldError
from astro_nav_common.grid import Grid
from astro_nav_common.types import Pose
from astro_nav_global.map_io import save_map
from astro_nav_sim.world import Box, Cylinder, Surprise, World
from astro_nav_sim.worlds import load_world
from astro_nav_sim.worlds.barn import read_records, world_from_record
from astro_nav_sim.worlds.map_world import grid_world, rectangles

BARN = {"id": 3, "cylinders": [[1.0, 2.0, 0.075]], "boxes": [], "start": [0.0, 0.0, 1.57], "goal": [0.0, 10.0]}
MOVER = {"name": "m", "r": 0.5, "period": 4.0, "waypoints": [[0.0, 0.0, 1.0], [4.0, 2.0, 1.0]]}
DYNABARN = {
    "id": 58,
    "start": [11.0, 0.0, 3.14],
    "goal": [-9.0, 0.0],
    "boxes": [[0.0, 10.0, 20.0, 0.5]],
    "obstacles": [MOVER],
}


def write(path: Path, *records: object) -> str:
    path.write_text("\n".join(json.dumps(record) for record in records))
    return str(path)


def test_a_barn_world_from_its_line(tmp_path) -> None:
    world = load_world(write(tmp_path / "w.jsonl", BARN, DYNABARN) + "#3")
    assert world.solids == (Cylinder("cylinder_0", 1.0, 2.0, 0.075, 0.0, 0.5, "wall"),)
    assert world.start == (0.0, 0.0, 1.57)
    assert world.goals[0].pose[:2] == (0.0, 10.0)
    assert world.map is None


def test_a_dynabarn_world_draws_its_phase_from_the_seed(tmp_path) -> None:
    name = write(tmp_path / "w.jsonl", DYNABARN) + "#58"
    phases = [load_world(name, seed).movers[0].track.phase for seed in (1, 1, 2)]
    assert phases[0] == phases[1] != phases[2]
    assert all(0.0 <= phase < 4.0 for phase in phases)
    assert load_world(name).solids[0] == Box("wall_0", 0.0, 10.0, 0.0, 20.0, 0.5)


def test_every_benchmark_world_loads(data_dir) -> None:
    for name in ("barn", "dynabarn"):
        for record in read_records(data_dir / name / "worlds_dev.jsonl").values():
            world = world_from_record(record, np.random.default_rng(0))
            assert len(world.solids) + len(world.movers) > 5


@pytest.mark.parametrize("name", ["aws_small_house", "ipa_apartment"])
def test_a_map_becomes_its_occupied_cells(data_dir, name) -> None:
    world = load_world(str(data_dir / "maps" / f"{name}.yaml"))
    area = sum(box.size_x * box.size_y for box in world.solids)
    assert area == pytest.approx(world.map.occupied().sum() * world.map.resolution**2)
    assert len(world.solids) < 0.3 * world.map.occupied().sum()
    assert world.map.data[world.map.cell(world.start.x, world.start.y)] == 0


@settings(max_examples=100, deadline=None)
@given(arrays(np.bool_, st.tuples(st.integers(1, 12), st.integers(1, 12))))
def test_rectangles_cover_each_occupied_cell_once_and_no_other(occupied) -> None:
    count = np.zeros(occupied.shape, int)
    for row, col, rows, cols in rectangles(occupied):
        count[row : row + rows, col : col + cols] += 1
    assert np.array_equal(count, occupied.astype(int))


def test_boxes_of_a_grid_lie_where_its_cells_are() -> None:
    data = np.zeros((4, 5), np.int8)
    data[1, 2:4] = 100
    world = grid_world("w", Grid(data, 0.5, 10.0, -3.0))
    assert world.solids == (Box("map_0", 11.5, -2.25, 0.0, 1.0, 0.5, 0.0, 0.8, "map"),)


def test_a_map_file_is_recognised_by_its_content(tmp_path) -> None:
    data = np.zeros((40, 60), np.int8)
    data[0] = 100
    save_map(Grid(data, 0.05, 0.0, 0.0), tmp_path / "m.yaml")
    world = load_world(str(tmp_path / "m.yaml"))
    assert len(world.solids) == 1
    assert world.map.shape == (40, 60)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("nowhere", "unknown world 'nowhere'; there are: corridor, empty, hall, home, two_ways"),
        ("nowhere.yaml", "unknown world 'nowhere.yaml'"),
        ("worlds.jsonl", "FILE.jsonl#ID"),
        ("nowhere.jsonl#3", "not a file of BARN worlds"),
    ],
)
def test_unknown_worlds_are_named(name, text) -> None:
    with pytest.raises(WorldError, match=text):
        load_world(name)


def test_an_unknown_id_is_answered_with_those_there_are(tmp_path) -> None:
    with pytest.raises(WorldError, match="no world 4; its ids are: 3, 58"):
        load_world(write(tmp_path / "w.jsonl", BARN, DYNABARN) + "#4")


@pytest.mark.parametrize(
    "change",
    [
        {"start": [0.0, 0.0]},
        {"goal": []},
        {"cylinders": [[1.0, 2.0]]},
        {"cylinders": [[1.0, 2.0, -0.1]]},
        {"cylinders": [[1.0, None, 0.1]]},
        {"obstacles": [{"name": "m"}]},
        {"obstacles": [MOVER | {"waypoints": [[0.0, 1.0, 1.0]]}]},
    ],
)
def test_malformed_benchmark_worlds_are_refused(tmp_path, change) -> None:
    with pytest.raises(WorldError):
        load_world(write(tmp_path / "w.jsonl", BARN | change) + "#3")


@pytest.mark.parametrize("text", ["{", "[1, 2]", "just text", "", "start: [0, 0, 0]\nwalls: [\n"])
def test_yaml_that_describes_no_world_is_refused(tmp_path, text) -> None:
    (tmp_path / "w.yaml").write_text(text)
    with pytest.raises(WorldError):
        load_world(str(tmp_path / "w.yaml"))


def test_a_map_without_its_image_is_a_map_error(tmp_path) -> None:
    (tmp_path / "m.yaml").write_text("image: gone.pgm\nresolution: 0.05\norigin: [0, 0, 0]\n")
    with pytest.raises(MapError, match=r"gone\.pgm"):
        load_world(str(tmp_path / "m.yaml"))


def test_names_must_be_unique_and_sizes_positive() -> None:
    box = Box("b", 0.0, 0.0, 0.0, 1.0, 1.0)
    with pytest.raises(WorldError, match="two things named 'b'"):
        World("w", (box, box), Pose(0.0, 0.0, 0.0))
    with pytest.raises(WorldError, match="sizes above zero"):
        Box("b", 0.0, 0.0, 0.0, 0.0, 1.0)
    with pytest.raises(WorldError, match="not finite"):
        Cylinder("c", float("nan"), 0.0, 1.0)
    with pytest.raises(WorldError, match="needs a time"):
        Surprise(box)


def test_an_unknown_goal_is_answered_with_those_there_are() -> None:
    with pytest.raises(WorldError, match="no goal 'attic'; it has: living, kitchen"):
        load_world("home").goal("attic")
