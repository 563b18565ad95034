"""Occupancy maps in files: the ROS map_server format, an image and a YAML file that says how to read it.

A pixel's shade becomes occupancy by one table of 256 entries, so the three modes differ in nothing but that table.
Transparent pixels are unknown in every mode. Row 0 of an image is its top, row 0 of a grid its lowest y.
"""

from __future__ import annotations

import math
import warnings
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import yaml
from PIL import Image

from astro_nav_common.conventions import FREE, OCCUPIED, UNKNOWN
from astro_nav_common.errors import MapError, MapMetadataError
from astro_nav_common.grid import MAX_CELLS, RESOLUTION_MAX, RESOLUTION_MIN, Grid

MODES = ("trinary", "scale", "raw")
#: shades that `save_map` writes in trinary mode, as all map servers do
_FREE_SHADE, _UNKNOWN_SHADE, _OCCUPIED_SHADE = 254, 205, 0


class _MapSpec(NamedTuple):
    """What the YAML file says, checked."""

    image: Path
    mode: str
    resolution: float
    origin: tuple[float, float]
    negate: bool
    occupied_thresh: float
    free_thresh: float


def load_map(path: str | Path) -> Grid:
    """The occupancy grid (int8: 0 free ... 100 occupied, -1 unknown) of a map_server YAML file.

    Raises:
        MapMetadataError: one sentence, for whatever is wrong with the YAML file.
        MapError: one sentence, for whatever is wrong with the image.
    """
    path = Path(path)
    spec = _read_spec(path)
    shades, transparent = _read_image(spec.image)
    data = _occupancy_of_shade(spec)[shades]
    data[transparent] = UNKNOWN
    if data.min() == data.max():
        raise MapError(
            f"map '{path}': every pixel of '{spec.image.name}' reads as occupancy {data[0, 0]}; a map needs free and occupied cells"
        )
    return Grid(np.ascontiguousarray(data[::-1]), spec.resolution, *spec.origin)


def save_map(grid: Grid, path: str | Path) -> None:
    """Write an occupancy grid as `path` (YAML) and a PGM of the same name beside it; `load_map` gives the same grid back.

    Written in trinary mode when the grid knows only free, occupied and unknown, else in raw mode.

    Raises:
        MapError: the files cannot be written.
    """
    path = Path(path)
    trinary = bool(np.isin(grid.data, (FREE, OCCUPIED, UNKNOWN)).all())
    if trinary:
        shades = np.full(grid.shape, _UNKNOWN_SHADE, np.uint8)
        shades[grid.data == FREE] = _FREE_SHADE
        shades[grid.data == OCCUPIED] = _OCCUPIED_SHADE
    else:
        shades = grid.data.astype(np.uint8)  # unknown, -1, becomes 255
    spec = {
        "image": path.with_suffix(".pgm").name,
        "mode": "trinary" if trinary else "raw",
        "resolution": float(grid.resolution),
        "origin": [float(grid.origin_x), float(grid.origin_y), 0.0],
        "negate": 0,
        "occupied_thresh": 0.65,
        "free_thresh": 0.196,  # just below shade 205, which is to stay unknown
    }
    try:
        Image.fromarray(np.ascontiguousarray(shades[::-1])).save(path.with_suffix(".pgm"))
        path.write_text(yaml.safe_dump(spec, sort_keys=False))
    except OSError as error:
        raise MapError(f"map '{path}' cannot be written: {error.strerror or error}") from error


def _read_spec(path: Path) -> _MapSpec:
    """The checked content of a map's YAML file."""
    try:
        values = yaml.safe_load(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise MapMetadataError(f"map '{path}' does not exist") from None
    except OSError as error:
        raise MapMetadataError(f"map '{path}' cannot be read: {error.strerror or error}") from error
    except (yaml.YAMLError, UnicodeDecodeError):
        raise MapMetadataError(f"map '{path}' is not a YAML file; give the .yaml, not the image") from None
    if not isinstance(values, dict):
        raise MapMetadataError(f"map '{path}' must hold keys such as image, resolution and origin")
    image = values.get("image")
    if not isinstance(image, str) or not image:
        raise MapMetadataError(f"map '{path}' has no 'image': the file name of its picture")
    mode = values.get("mode", "trinary")
    if mode not in MODES:
        raise MapMetadataError(f"map '{path}': mode = {mode!r} must be one of: {', '.join(MODES)}")
    spec = _MapSpec(
        image=path.parent / image,
        mode=mode,
        resolution=_number(path, values, "resolution", None, RESOLUTION_MIN, RESOLUTION_MAX, "m a pixel"),
        origin=_origin(path, values),
        negate=bool(_number(path, values, "negate", 0, 0, 1, "")),
        occupied_thresh=_number(path, values, "occupied_thresh", 0.65, 0.0, 1.0, ""),
        free_thresh=_number(path, values, "free_thresh", 0.196, 0.0, 1.0, ""),
    )
    if spec.free_thresh > spec.occupied_thresh:
        raise MapMetadataError(
            f"map '{path}': free_thresh = {spec.free_thresh} must not exceed occupied_thresh = {spec.occupied_thresh}"
        )
    return spec


def _number(
    path: Path, values: dict[str, Any], key: str, default: float | None, low: float, high: float, unit: str
) -> float:
    """values[key] within [low, high]. Strings count, because YAML reads 5e-2 as one."""
    value = values.get(key, default)
    if value is None:
        raise MapMetadataError(f"map '{path}' has no '{key}'")
    number = _finite(value)
    if number is None or not low <= number <= high:
        raise MapMetadataError(f"map '{path}': {key} = {value!r} must be a number from {low} to {high} {unit}".rstrip())
    return number


def _origin(path: Path, values: dict[str, Any]) -> tuple[float, float]:
    """Position (x, y) of the lower left pixel's corner, m."""
    origin = values.get("origin")
    numbers = [_finite(value) for value in origin] if isinstance(origin, list) else []
    x, y, yaw = [*numbers, 0.0][:3] if len(numbers) in (2, 3) else (None, None, None)
    if x is None or y is None or yaw is None:
        raise MapMetadataError(f"map '{path}': origin = {origin!r} must be [x, y, yaw], finite numbers in m and rad")
    if abs(yaw) > 1e-6:
        # Rotating here would blur walls by a cell; and tools that ignore the yaw would show another map than is driven on.
        raise MapMetadataError(
            f"map '{path}' is rotated by origin yaw = {yaw} rad; only 0 is supported: rotate the image instead"
        )
    return x, y


def _finite(value: Any) -> float | None:
    """The value as a finite number, None if it is none."""
    if not isinstance(value, (int, float, str)):
        return None
    try:
        number = float(value)
    except ValueError:
        return None
    return number if math.isfinite(number) else None


def _read_image(path: Path) -> tuple[np.ndarray, np.ndarray]:
    """Shades (rows, cols) uint8, the mean of the colours, and (rows, cols) bool: transparent."""
    if not path.is_file():
        raise MapError(f"the map's image '{path}' does not exist")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(path) as image:
                cols, rows = image.size
                if cols * rows > MAX_CELLS:  # known from the header: nothing of that size has been allocated yet
                    raise MapError(
                        f"the map's image '{path}' has {cols} x {rows} pixels; at most {MAX_CELLS} are supported"
                    )
                return _shades(image)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise MapError(f"the map's image '{path}' is too large; at most {MAX_CELLS} pixels are supported") from None
    except (OSError, SyntaxError, ValueError, EOFError) as error:  # what pillow's readers raise on a broken file
        raise MapError(f"the map's image '{path}' is not a readable picture (PGM or PNG): {error}") from error


def _shades(image: Image.Image) -> tuple[np.ndarray, np.ndarray]:
    """Shades and transparency of an open image."""
    if image.mode.startswith("I"):  # 16 bits a pixel, whatever pillow's version calls it
        shades = (np.asarray(image).astype(np.uint32) // 257).astype(np.uint8)
        return shades, np.zeros(shades.shape, bool)
    if "A" in image.getbands() or "transparency" in image.info:
        pixels = np.asarray(image.convert("RGBA"))
        transparent = pixels[..., 3] < 255
    elif image.mode in ("1", "L"):
        shades = np.asarray(image.convert("L"))
        return shades, np.zeros(shades.shape, bool)
    else:
        pixels = np.asarray(image.convert("RGB"))
        transparent = np.zeros(pixels.shape[:2], bool)
    return (pixels[..., :3].sum(axis=2, dtype=np.uint16) // 3).astype(np.uint8), transparent


def _occupancy_of_shade(spec: _MapSpec) -> np.ndarray:
    """Table (256,) int8 from shade to occupancy. Source: the ROS map_server's documentation of the three modes."""
    shade = np.arange(256)
    if spec.mode == "raw":  # the shade is the occupancy itself; negate has no say here, as in Nav2
        return np.where(shade <= OCCUPIED, shade, UNKNOWN).astype(np.int8)
    probability = shade / 255.0 if spec.negate else (255 - shade) / 255.0
    table: np.ndarray = np.full(256, float(UNKNOWN))
    if spec.mode == "scale":
        span = max(spec.occupied_thresh - spec.free_thresh, 1e-9)
        table = np.rint(np.clip((probability - spec.free_thresh) / span, 0.0, 1.0) * OCCUPIED)
    table[probability < spec.free_thresh] = FREE
    table[probability > spec.occupied_thresh] = OCCUPIED
    return table.astype(np.int8)
