"""Worlds of the BARN and DynaBARN benchmarks, from one JSON object a line."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from astro_nav_common.errors import WorldError
from astro_nav_common.types import Pose
from astro_nav_sim.tracks import Track
from astro_nav_sim.world import Box, Cylinder, Goal, Mover, World

_HEIGHT = 0.5  # BARN's cylinders are 1 m long and centred on the floor


def read_records(path: Path) -> dict[int, dict[str, Any]]:
    """All worlds of a JSON-lines file by id. Raises WorldError."""
    try:
        lines = path.read_text().splitlines()
        return {int(record["id"]): record for record in map(json.loads, filter(None, lines))}
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise WorldError(f"{path} is not a file of BARN worlds, one JSON object with an 'id' a line: {error}") from None


def load_benchmark_world(path: Path, world_id: int, seed: int = 0) -> World:
    """World `world_id` of a BARN or DynaBARN file; for the latter, `seed` draws when within the periods the robot starts."""
    records = read_records(path)
    if world_id not in records:
        raise WorldError(f"{path} has no world {world_id}; its ids are: {', '.join(map(str, sorted(records)))}")
    return world_from_record(records[world_id], np.random.default_rng(seed))


def world_from_record(record: Mapping[str, Any], rng: np.random.Generator) -> World:
    """World of one record. Raises WorldError naming what is missing or malformed."""
    moving = "obstacles" in record
    name = f"{'dynabarn' if moving else 'barn'}-{record.get('id')}"
    try:
        goal = Goal("goal", Pose(record["goal"][0], record["goal"][1], record["start"][2]))
        boxes = [
            Box(f"wall_{i}", x, y, 0.0, sx, sy, 0.0, 1.0) for i, (x, y, sx, sy) in enumerate(record.get("boxes", ()))
        ]
        cylinders = [
            Cylinder(f"cylinder_{i}", x, y, r, 0.0, _HEIGHT, "wall")
            for i, (x, y, r) in enumerate(record.get("cylinders", ()))
        ]
        movers = _movers(record["obstacles"], rng) if moving else ()
        return World(name, (*boxes, *cylinders), Pose(*map(float, record["start"])), (goal,), movers=movers)
    except (KeyError, ValueError, TypeError, IndexError) as error:
        raise WorldError(f"world '{name}' is malformed: {type(error).__name__} {error}") from None


def _movers(obstacles: list[dict[str, Any]], rng: np.random.Generator) -> tuple[Mover, ...]:
    """Movers on one common clock, begun at a random time within the longest period."""
    phase = float(rng.uniform(0.0, max(float(obstacle["period"]) for obstacle in obstacles)))
    movers = []
    for obstacle in obstacles:
        frames = np.array(obstacle["waypoints"], float)
        track = Track(frames[:, 0], frames[:, 1:3], float(obstacle["period"]), phase)
        movers.append(Mover(str(obstacle["name"]), float(obstacle["r"]), track, 1.0, "obstacle"))
    return tuple(movers)
