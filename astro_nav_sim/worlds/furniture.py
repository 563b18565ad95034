"""Furniture by kind: each kind knows the boxes and cylinders it is made of, legs included, in its own frame.

A lidar at 0.2 to 0.3 m sees of a table and its chairs nothing but legs; what is above the robot it may drive under.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from astro_nav_common.errors import WorldError
from astro_nav_common.types import Pose
from astro_nav_sim.world import Box, Cylinder, Solid

_Size = tuple[float, ...]


def _block(z_low: float, z_high: float) -> Callable[[_Size], list[Solid]]:
    """A kind that is one box, size (length, depth)."""
    return lambda size: [Box("", 0.0, 0.0, 0.0, size[0], size[1], z_low, z_high, "furniture")]


def _column(height: float) -> Callable[[_Size], list[Solid]]:
    """A kind that is one cylinder, size (diameter,)."""
    return lambda size: [Cylinder("", 0.0, 0.0, 0.5 * size[0], 0.0, height)]


def _legs(size: _Size, width: float, height: float, inset: float = 0.0) -> list[Solid]:
    """Four square legs at the corners of (length, depth)."""
    x, y = 0.5 * (size[0] - width) - inset, 0.5 * (size[1] - width) - inset
    return [
        Box(f"leg{i}", sx * x, sy * y, 0.0, width, width, 0.0, height, "furniture")
        for i, (sx, sy) in enumerate(_CORNERS)
    ]


_CORNERS = ((1, 1), (-1, 1), (-1, -1), (1, -1))


def _table(height: float, top: float, leg: float) -> Callable[[_Size], list[Solid]]:
    def build(size: _Size) -> list[Solid]:
        board = Box("top", 0.0, 0.0, 0.0, size[0], size[1], height - top, height, "furniture")
        return [board, *_legs(size, leg, height - top, 0.03)]

    return build


def _chair(size: _Size) -> list[Solid]:
    """Seat at 0.46 m, above the robot; the back at -x."""
    seat = Box("seat", 0.0, 0.0, 0.0, size[0], size[1], 0.455, 0.49, "furniture")
    back = Box("back", -0.5 * size[0] + 0.015, 0.0, 0.0, 0.03, size[1], 0.49, 0.9, "furniture")
    return [seat, back, *_legs(size, 0.035, 0.455)]


def _sofa(size: _Size) -> list[Solid]:
    """Closed down to the floor; seats towards +y, the back at -y, an armrest at each end."""
    length, depth = size
    return [
        Box("seat", 0.0, 0.0, 0.0, length, depth, 0.0, 0.42, "furniture"),
        Box("back", 0.0, -0.5 * depth + 0.1, 0.0, length, 0.2, 0.42, 0.85, "furniture"),
        *(
            Box(f"arm{i}", sign * (0.5 * length - 0.1), 0.0, 0.0, 0.2, depth, 0.42, 0.6, "furniture")
            for i, sign in enumerate((1, -1))
        ),
    ]


def _bed(size: _Size) -> list[Solid]:
    """A frame down to 0.1 m above the floor (nothing drives under it), the headboard at -x."""
    length, width = size
    return [
        Box("frame", 0.0, 0.0, 0.0, length, width, 0.1, 0.5, "furniture"),
        Box("headboard", -0.5 * length + 0.025, 0.0, 0.0, 0.05, width, 0.5, 1.0, "furniture"),
        *_legs(size, 0.08, 0.1),
    ]


def _swivel_chair(size: _Size) -> list[Solid]:
    """A five-armed foot, as the disc it turns in and as high as lidars look, and the seat above the robot; size (diameter,)."""
    return [Cylinder("foot", 0.0, 0.0, 0.5 * size[0], 0.0, 0.35), Cylinder("seat", 0.0, 0.0, 0.24, 0.46, 0.55)]


#: kind: (default size in m, parts of that size)
KINDS: dict[str, tuple[_Size, Callable[[_Size], list[Solid]]]] = {
    "table": ((1.4, 0.8), _table(0.74, 0.03, 0.06)),
    "desk": ((1.4, 0.7), _table(0.74, 0.03, 0.05)),
    "coffee_table": ((1.0, 0.55), _table(0.5, 0.03, 0.05)),
    "chair": ((0.42, 0.42), _chair),
    "swivel_chair": ((0.5,), _swivel_chair),
    "sofa": ((2.0, 0.9), _sofa),
    "bed": ((2.0, 1.6), _bed),
    "shelf": ((1.0, 0.35), _block(0.0, 2.0)),
    "cabinet": ((1.0, 0.45), _block(0.0, 0.9)),
    "wardrobe": ((1.6, 0.6), _block(0.0, 2.1)),
    "counter": ((2.0, 0.6), _block(0.0, 0.9)),
    "fridge": ((0.6, 0.65), _block(0.0, 1.8)),
    "tub": ((1.7, 0.75), _block(0.0, 0.6)),
    "toilet": ((0.65, 0.4), _block(0.0, 0.8)),
    "washer": ((0.6, 0.6), _block(0.0, 0.85)),
    "box": ((0.4, 0.4), _block(0.0, 0.5)),
    "plant": ((0.35,), _column(0.9)),
    "lamp": ((0.28,), _column(1.5)),
    "bin": ((0.3,), _column(0.45)),
}


def furniture(name: str, entry: Mapping[str, Any]) -> list[Solid]:
    """The solids of one piece in the world frame, named `name` or `name.part`.

    Args:
        entry: kind; at: [x, y] or [x, y, yaw]; optionally size.

    Raises:
        WorldError: the kind is unknown or a number is missing.
    """
    kind = entry.get("kind")
    if kind not in KINDS:
        raise WorldError(f"'{name}' is of unknown kind {kind!r}; the kinds are: {', '.join(KINDS)}")
    default, build = KINDS[kind]
    size = tuple(map(float, entry.get("size", default)))
    if len(size) != len(default):
        raise WorldError(f"'{name}' of kind {kind} needs a size of {len(default)} numbers, got {list(size)}")
    x, y, yaw = [*map(float, entry["at"]), 0.0][:3]
    return [_placed(name, part, Pose(x, y, yaw)) for part in build(size)]


def _placed(name: str, part: Solid, pose: Pose) -> Solid:
    c, s = math.cos(pose.yaw), math.sin(pose.yaw)
    x, y = pose.x + c * part.x - s * part.y, pose.y + s * part.x + c * part.y
    full_name = f"{name}.{part.name}" if part.name else name
    if isinstance(part, Box):
        return replace(part, name=full_name, x=x, y=y, yaw=part.yaw + pose.yaw)
    return replace(part, name=full_name, x=x, y=y)
