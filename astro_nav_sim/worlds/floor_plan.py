"""Floor plans: the project's own description of a place (see home.yaml for the format by example).

    start: [x, y, yaw]
    goals: {name: [x, y, yaw], ...}                    # in the order of a tour
    walls:
      - {from: [x, y], to: [x, y], thickness: 0.1,     # the centre line; optionally height
         gaps: [{at: 1.2, width: 0.8, leaf: {...}}]}   # doorways: where they begin along the wall
    furniture: [{kind: chair, at: [x, y, yaw], size: [...], name: ...}, ...]      # kinds: furniture.py
    movers: [{name: ..., radius: 0.25, period: 20.0, phase: 0.0, frames: [[t, x, y], ...]}, ...]
    surprises: [{kind: box, at: [x, y, yaw], size: [...], time: 12.0 and/or near: 1.0, apart: 0.8, stay: 20.0}, ...]

A leaf: {name: ..., hinge: start | end, swing: 1.57, schedule: [[t, opening], ...], yields: false}; swing is positive counter-clockwise.
Metres, seconds, radians.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from astro_nav_common.errors import WorldError
from astro_nav_common.types import Pose
from astro_nav_sim.rasterize import rasterize
from astro_nav_sim.tracks import Track
from astro_nav_sim.world import Box, Door, Goal, Mover, Solid, Surprise, World
from astro_nav_sim.worlds.furniture import furniture

_SECTIONS = {"start", "goals", "walls", "furniture", "movers", "surprises"}
_WALL_HEIGHT = 2.4  # m
_LEAF_PLAY = 0.01  # m that a leaf is narrower than its doorway


def floor_plan_world(name: str, plan: Mapping[str, Any]) -> World:
    """The world of a floor plan, with the map that a robot would have made of it. Raises WorldError saying what is wrong where."""
    unknown = set(plan) - _SECTIONS
    if unknown or "start" not in plan:
        raise WorldError(
            f"floor plan '{name}' must have a start and no '{', '.join(sorted(unknown))}'; known: {', '.join(sorted(_SECTIONS))}"
        )
    section = ""
    try:
        section = "start"
        start = _pose(plan["start"])
        section = "goals"
        goals = tuple(Goal(str(key), _pose(value)) for key, value in (plan.get("goals") or {}).items())
        section = "walls"
        solids, doors = _walls(plan.get("walls") or ())
        section = "furniture"
        solids += [part for key, entry in _named(plan.get("furniture") or ()) for part in furniture(key, entry)]
        section = "movers"
        movers = tuple(_mover(entry) for entry in plan.get("movers") or ())
        section = "surprises"
        surprises = tuple(_surprise(key, entry) for key, entry in _named(plan.get("surprises") or ()))
    except (KeyError, ValueError, TypeError, IndexError, AttributeError) as error:
        what = f"'{error.args[0]}' is missing" if isinstance(error, KeyError) else str(error)
        raise WorldError(f"floor plan '{name}', section {section}: {what}") from None
    world = World(name, tuple(solids), start, goals, tuple(doors), movers, surprises)
    return replace(world, map=rasterize(world))


def _pose(values: Any) -> Pose:
    x, y, yaw = map(float, values)
    return Pose(x, y, yaw)


def _named(entries: Any) -> list[tuple[str, Mapping[str, Any]]]:
    """Entries with their names; those without one are numbered by kind."""
    count: Counter[str] = Counter()
    named = []
    for entry in entries:
        count[entry["kind"]] += 1
        named.append((str(entry.get("name", f"{entry['kind']}_{count[entry['kind']]}")), entry))
    return named


def _walls(entries: Any) -> tuple[list[Solid], list[Door]]:
    solids: list[Solid] = []
    doors: list[Door] = []
    for i, entry in enumerate(entries):
        (x0, y0), (x1, y1) = entry["from"], entry["to"]
        length, yaw = math.hypot(x1 - x0, y1 - y0), math.atan2(y1 - y0, x1 - x0)
        thickness, height = float(entry.get("thickness", 0.1)), float(entry.get("height", _WALL_HEIGHT))
        # walls overlap by half a thickness at their ends, so corners are closed
        begin, pieces = -0.5 * thickness, []
        for gap in sorted(entry.get("gaps") or (), key=lambda gap: float(gap["at"])):
            at, width = float(gap["at"]), float(gap["width"])
            if not begin < at < at + width < length + 0.5 * thickness:
                raise ValueError(f"wall {i} has a gap at {at} m, {width} m wide, that does not fit")
            pieces.append((begin, at))
            begin = at + width
            if "leaf" in gap:
                doors.append(_door(gap["leaf"], x0, y0, yaw, at, width))
        pieces.append((begin, length + 0.5 * thickness))
        for k, (low, high) in enumerate(pieces):
            middle = 0.5 * (low + high)
            x, y = x0 + middle * math.cos(yaw), y0 + middle * math.sin(yaw)
            solids.append(Box(f"wall_{i}.{k}", x, y, yaw, high - low, thickness, 0.0, height, "wall"))
    return solids, doors


def _door(leaf: Mapping[str, Any], x0: float, y0: float, yaw: float, at: float, width: float) -> Door:
    hinge = leaf.get("hinge", "start")
    if hinge not in ("start", "end"):
        raise ValueError(f"door '{leaf['name']}' has its hinge at {hinge!r}; it must be at 'start' or 'end' of its gap")
    along = at if hinge == "start" else at + width
    closed_yaw = yaw if hinge == "start" else yaw + math.pi
    schedule = tuple((float(t), float(opening)) for t, opening in leaf.get("schedule", [[0.0, 1.0]]))
    x, y = x0 + along * math.cos(yaw), y0 + along * math.sin(yaw)
    return Door(
        str(leaf["name"]),
        x,
        y,
        closed_yaw,
        width - _LEAF_PLAY,
        float(leaf.get("swing", math.pi / 2)),
        schedule=schedule,
        yields=bool(leaf.get("yields", False)),
    )


def _mover(entry: Mapping[str, Any]) -> Mover:
    frames = np.array(entry["frames"], float)
    if frames.ndim != 2 or frames.shape[1] != 3:
        raise ValueError(f"mover '{entry['name']}' needs frames [[t, x, y], ...]")
    track = Track(
        frames[:, 0], frames[:, 1:], float(entry.get("period", frames[-1, 0])), float(entry.get("phase", 0.0))
    )
    return Mover(str(entry["name"]), float(entry.get("radius", 0.25)), track)


def _surprise(name: str, entry: Mapping[str, Any]) -> Surprise:
    parts = furniture(name, entry)
    if len(parts) != 1:
        raise ValueError(f"surprise '{name}' must be of a kind made of one part, such as box, bin or plant")
    stay = float(entry.get("stay", math.inf))
    return Surprise(parts[0], entry.get("time"), entry.get("near"), float(entry.get("apart", 0.0)), stay)
