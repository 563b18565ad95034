"""Does a robot that is not quite where it believes to be touch anything? Exact shapes, many draws of the errors at once."""

from __future__ import annotations

import math

import numpy as np

from astro_nav_common.geometry import polygon_distance
from astro_nav_common.jit import kernel
from astro_nav_tools.bench.clutter import Clutter

#: errors further out than this many standard deviations are not looked for
_FAR = 5.0


def place_outline(poses: np.ndarray, outline: np.ndarray) -> np.ndarray:
    """(R, V, 2) corners of an outline (V, 2) at poses (R, 3) x, y, yaw."""
    c, s = np.cos(poses[:, 2]), np.sin(poses[:, 2])
    rotation = np.stack((np.stack((c, -s), axis=-1), np.stack((s, c), axis=-1)), axis=1)
    return poses[:, None, :2] + np.einsum("rij,vj->rvi", rotation, outline)


def mark_contacts(outlines: np.ndarray, errors: np.ndarray, clutter: Clutter, touched: np.ndarray) -> None:
    """Mark the draws whose convex outline, shifted by the error of the moment, overlaps anything at any time.

    Args:
        outlines: (R, V, 2) corners, counter-clockwise, at each time.
        errors: (D, R, 2) shift of each draw at each time, m.
        touched: (D,) bool, set where it touches, else left.
    """
    reach = _FAR * float(np.sqrt(np.mean(errors**2, axis=(0, 2)).max(initial=0.0)))
    _mark(outlines, errors, clutter.circles, clutter.boxes, reach, touched)


@kernel
def _mark(
    outlines: np.ndarray, errors: np.ndarray, circles: np.ndarray, boxes: np.ndarray, reach: float, touched: np.ndarray
) -> None:
    rows, corners = outlines.shape[0], outlines.shape[1]
    axes = np.empty((corners + 4, 3))
    for r in range(rows):
        outline = outlines[r]
        x, y = outline[:, 0].mean(), outline[:, 1].mean()
        radius = 0.0
        for k in range(corners):
            radius = max(radius, math.hypot(outline[k, 0] - x, outline[k, 1] - y))
        for i in range(circles.shape[0]):
            cx, cy, size = circles[i, 0], circles[i, 1], circles[i, 2]
            if math.hypot(cx - x, cy - y) > radius + size + reach:
                continue
            for d in range(touched.shape[0]):
                if not touched[d]:
                    touched[d] = polygon_distance(cx - errors[d, r, 0], cy - errors[d, r, 1], outline) < size
        for i in range(boxes.shape[0]):
            if polygon_distance(x, y, boxes[i]) > radius + reach:
                continue
            # shapes overlap unless an edge of one separates them: along its normal, the shift must exceed the gap
            _gaps(outline, boxes[i], axes[:corners])
            _gaps(boxes[i], outline, axes[corners:])
            for d in range(touched.shape[0]):
                if not touched[d]:
                    ex, ey = errors[d, r, 0], errors[d, r, 1]
                    apart = False
                    for k in range(corners + 4):
                        sign = 1.0 if k < corners else -1.0
                        if sign * (axes[k, 0] * ex + axes[k, 1] * ey) < axes[k, 2]:
                            apart = True
                            break
                    touched[d] = not apart


@kernel
def _gaps(of: np.ndarray, to: np.ndarray, out: np.ndarray) -> None:
    """Outward normals of the edges of one shape, and how far the other lies beyond each edge."""
    n = of.shape[0]
    for k in range(n):
        ax, ay = of[k, 0], of[k, 1]
        bx, by = of[(k + 1) % n, 0], of[(k + 1) % n, 1]
        length = math.hypot(bx - ax, by - ay)
        nx, ny = (by - ay) / length, (ax - bx) / length
        gap = np.inf
        for j in range(to.shape[0]):
            gap = min(gap, nx * (to[j, 0] - ax) + ny * (to[j, 1] - ay))
        out[k, 0], out[k, 1], out[k, 2] = nx, ny, gap
