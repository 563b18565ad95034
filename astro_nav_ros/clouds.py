"""PointCloud2: checked, and its coordinates as arrays that share the message's memory."""

from __future__ import annotations

import math
import sys

import numpy as np
from sensor_msgs.msg import PointCloud2, PointField

from astro_nav_common.errors import InputError

#: points beyond which a cloud is thinned out: so many take the guard 8 ms, on a busy machine 20 ms: the time between two commands
POINTS_MAX = 1 << 17
_KINDS = {PointField.FLOAT32: "f4", PointField.FLOAT64: "f8"}


def coordinates(message: PointCloud2, what: str) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """x, y, z, each (rows, cols) float32, m: views into the message where it holds float32 of this machine's byte order.

    Of a cloud of more than POINTS_MAX points every second row and column, or third and so on.

    Raises:
        InputError: naming `what`, if a field is missing or of another type, or if the sizes contradict each other.
    """
    rows, cols, step, stride = message.height, message.width, message.point_step, message.row_step
    if rows * cols == 0:
        raise InputError(f"{what} has no points")
    fields = {field.name: field for field in message.fields}
    missing = [name for name in "xyz" if name not in fields]
    if missing:
        raise InputError(f"{what} has no field '{missing[0]}'; it has: {', '.join(fields) or 'none'}")
    order = ">" if message.is_bigendian else "<"
    formats = []
    for name in "xyz":
        field = fields[name]
        if field.datatype not in _KINDS or field.count not in (0, 1):
            raise InputError(
                f"field '{name}' of {what} must be one FLOAT32 or FLOAT64, not {field.count} of type {field.datatype}"
            )
        formats.append(order + _KINDS[field.datatype])
        end = field.offset + np.dtype(formats[-1]).itemsize
        if end > step:
            raise InputError(
                f"field '{name}' of {what} ends at byte {end} of a point, and a point has {step} (point_step)"
            )
    if stride < cols * step:
        raise InputError(f"{what} says rows of {stride} bytes (row_step) for {cols} points of {step} bytes")
    if len(message.data) < (rows - 1) * stride + cols * step:
        raise InputError(f"{what} says {rows} rows of {stride} bytes and holds {len(message.data)} bytes")
    point = np.dtype(
        {"names": list("xyz"), "formats": formats, "offsets": [fields[n].offset for n in "xyz"], "itemsize": step}
    )
    points: np.ndarray = np.ndarray((rows, cols), point, memoryview(message.data), strides=(stride, step))
    every = math.ceil(math.sqrt(points.size / POINTS_MAX))
    points = points[::every]
    points = points[:, :: math.ceil(points.size / POINTS_MAX)]
    same_order = message.is_bigendian == (sys.byteorder == "big")
    x, y, z = (
        points[name] if same_order and points[name].dtype.itemsize == 4 else points[name].astype(np.float32)
        for name in "xyz"
    )
    return x, y, z
