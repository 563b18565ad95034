"""One way to name a world, whatever it is made from."""

from __future__ import annotations

from pathlib import Path

import yaml

from astro_nav_common.errors import WorldError
from astro_nav_sim.world import World
from astro_nav_sim.worlds.barn import load_benchmark_world
from astro_nav_sim.worlds.floor_plan import floor_plan_world
from astro_nav_sim.worlds.map_world import map_world

WORLDS_DIR = Path(__file__).resolve().parent


def load_world(name: str, seed: int = 0) -> World:
    """The world that `name` stands for.

    Args:
        name: of a world of the project's own ("home"); the path of a floor plan or of a map_server map (YAML);
            or FILE.jsonl#ID, a world of a BARN or DynaBARN file.
        seed: draws what the description leaves open (DynaBARN: when the robot starts).

    Raises:
        WorldError: there is no such world, or its description is malformed.
        MapError: the map cannot be used.
    """
    if ".jsonl" in name:
        file, _, world_id = name.rpartition("#")
        if not world_id.isdigit() or not file:
            raise WorldError(f"a world of a file of benchmark worlds is named FILE.jsonl#ID, not '{name}'")
        return load_benchmark_world(Path(file), int(world_id), seed)
    path = Path(name) if name.endswith((".yaml", ".yml")) else WORLDS_DIR / f"{name}.yaml"
    if not path.is_file():
        known = ", ".join(sorted(file.stem for file in WORLDS_DIR.glob("*.yaml")))
        raise WorldError(f"unknown world '{name}'; there are: {known} (or the path of a YAML file, or FILE.jsonl#ID)")
    try:
        values = yaml.safe_load(path.read_text())
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise WorldError(f"cannot read the world {path}: {error}") from None
    if not isinstance(values, dict):
        raise WorldError(f"{path} must be a mapping: a floor plan or the YAML file of a map")
    if "image" in values or "resolution" in values:
        return map_world(path)
    return floor_plan_world(path.stem, values)
