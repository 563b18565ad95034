"""Rigid transforms as plain tuples: a translation (x, y, z) in m and a unit quaternion (x, y, z, w).

A look-up composes two to five of them, where NumPy would spend its time on making arrays.
"""

from __future__ import annotations

import math
from typing import NamedTuple

Vector = tuple[float, float, float]
Quaternion = tuple[float, float, float, float]


class Rigid(NamedTuple):
    """T_parent_child: takes coordinates in child to coordinates in parent."""

    translation: Vector
    rotation: Quaternion


IDENTITY = Rigid((0.0, 0.0, 0.0), (0.0, 0.0, 0.0, 1.0))


def multiply(a: Quaternion, b: Quaternion) -> Quaternion:
    """First turn by b, then by a."""
    ax, ay, az, aw = a
    bx, by, bz, bw = b
    return (
        aw * bx + ax * bw + ay * bz - az * by,
        aw * by - ax * bz + ay * bw + az * bx,
        aw * bz + ax * by - ay * bx + az * bw,
        aw * bw - ax * bx - ay * by - az * bz,
    )


def rotate(q: Quaternion, v: Vector) -> Vector:
    """v turned by q: v + 2 w (u x v) + 2 u x (u x v), u the vector part of q."""
    ux, uy, uz, w = q
    x, y, z = v
    cx, cy, cz = 2.0 * (uy * z - uz * y), 2.0 * (uz * x - ux * z), 2.0 * (ux * y - uy * x)
    return (x + w * cx + uy * cz - uz * cy, y + w * cy + uz * cx - ux * cz, z + w * cz + ux * cy - uy * cx)


def compose(a: Rigid, b: Rigid) -> Rigid:
    """T_1_3 from T_1_2 and T_2_3."""
    x, y, z = rotate(a.rotation, b.translation)
    return Rigid((a.translation[0] + x, a.translation[1] + y, a.translation[2] + z), multiply(a.rotation, b.rotation))


def inverse(a: Rigid) -> Rigid:
    """T_2_1 from T_1_2."""
    x, y, z, w = a.rotation
    back = (-x, -y, -z, w)
    tx, ty, tz = rotate(back, a.translation)
    return Rigid((-tx, -ty, -tz), back)


def interpolate(a: Rigid, b: Rigid, ratio: float) -> Rigid:
    """From a (0) to b (1): straight in translation, at constant angular speed on the shorter way round in rotation."""
    dot = sum(p * q for p, q in zip(a.rotation, b.rotation, strict=True))
    sign = -1.0 if dot < 0.0 else 1.0
    angle = math.acos(min(abs(dot), 1.0))
    if angle < 1e-6:  # sin(angle) would lose its digits; the arc is a straight line here
        from_a, from_b = 1.0 - ratio, ratio
    else:
        from_a, from_b = (math.sin(part * angle) / math.sin(angle) for part in (1.0 - ratio, ratio))
    from_b *= sign
    x, y, z, w = (from_a * p + from_b * q for p, q in zip(a.rotation, b.rotation, strict=True))
    tx, ty, tz = (p + ratio * (q - p) for p, q in zip(a.translation, b.translation, strict=True))
    return Rigid((tx, ty, tz), (x, y, z, w))
