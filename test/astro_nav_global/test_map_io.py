"""Map files: what they mean, and one sentence for each thing that can be wrong with them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from astro_nav_common.errors import MapError
from astro_nav_common.grid import Grid
from astro_nav_global.map_io import load_map, save_map

SHADES = np.array([[0, 100, 205], [230, 254, 255]], np.uint8)  # top row first, as in a file
GOOD = {
    "image": "m.pgm",
    "resolution": 0.05,
    "origin": [-1.0, 2.0, 0.0],
    "negate": 0,
    "occupied_thresh": 0.65,
    "free_thresh": 0.196,
}


def write(folder: Path, picture: np.ndarray | bytes = SHADES, name: str = "m.pgm", **changes: object) -> Path:
    """A map in `folder`: GOOD with `changes` (None removes a key)."""
    if isinstance(picture, bytes):
        (folder / name).write_bytes(picture)
    else:
        Image.fromarray(picture).save(folder / name)
    values = {key: value for key, value in {**GOOD, "image": name, **changes}.items() if value is not None}
    path = folder / "m.yaml"
    path.write_text("".join(f"{key}: {value}\n" for key, value in values.items()))
    return path


def test_trinary_pgm_has_its_lowest_row_first(tmp_path: Path) -> None:
    grid = load_map(write(tmp_path))
    np.testing.assert_array_equal(grid.data, [[0, 0, 0], [100, -1, -1]])
    assert (grid.resolution, grid.origin_x, grid.origin_y, grid.data.dtype) == (0.05, -1.0, 2.0, np.int8)


def test_png_reads_as_pgm_does(tmp_path: Path) -> None:
    pgm = load_map(write(tmp_path))
    png = load_map(write(tmp_path, name="m.png"))
    np.testing.assert_array_equal(png.data, pgm.data)


def test_text_pgm_with_a_comment(tmp_path: Path) -> None:
    text = b"P2\n# made by hand\n3 2\n255\n0 100 205\n230 254 255\n"
    np.testing.assert_array_equal(load_map(write(tmp_path, text)).data, load_map(write(tmp_path)).data)


def test_sixteen_bit_png_reads_as_eight_bit(tmp_path: Path) -> None:
    wide = load_map(write(tmp_path, SHADES.astype(np.uint16) * 257, name="m.png"))
    np.testing.assert_array_equal(wide.data, load_map(write(tmp_path)).data)


def test_colours_are_averaged_and_transparent_is_unknown(tmp_path: Path) -> None:
    pixels = np.array([[[255, 255, 255, 255], [0, 0, 0, 255], [30, 0, 0, 255], [255, 255, 255, 0]]], np.uint8)
    np.testing.assert_array_equal(load_map(write(tmp_path, pixels, name="m.png")).data, [[0, 100, 100, -1]])


def test_negate_swaps_black_and_white(tmp_path: Path) -> None:
    image = np.array([[0, 255, 128]], np.uint8)
    np.testing.assert_array_equal(load_map(write(tmp_path, image, negate=1)).data, [[0, 100, -1]])


def test_scale_mode_is_linear_between_the_thresholds(tmp_path: Path) -> None:
    image = np.array([[255, 204, 128, 51, 0]], np.uint8)  # p = 0, 0.2, 0.498, 0.8, 1
    grid = load_map(write(tmp_path, image, mode="scale", free_thresh=0.2, occupied_thresh=0.8))
    np.testing.assert_array_equal(grid.data, [[0, 0, 50, 100, 100]])


def test_raw_mode_takes_shades_as_occupancy(tmp_path: Path) -> None:
    image = np.array([[0, 37, 100, 101, 255]], np.uint8)
    np.testing.assert_array_equal(load_map(write(tmp_path, image, mode="raw")).data, [[0, 37, 100, -1, -1]])


@pytest.mark.parametrize("values", [(0, 100, -1), (0, 37, 100, -1)])
def test_saving_and_loading_gives_the_same_grid(tmp_path: Path, values: tuple[int, ...]) -> None:
    data = np.random.default_rng(1).choice(values, (7, 5)).astype(np.int8)
    save_map(Grid(data, 0.025, -3.5, 1.25), tmp_path / "saved.yaml")
    grid = load_map(tmp_path / "saved.yaml")
    np.testing.assert_array_equal(grid.data, data)
    assert (grid.resolution, grid.origin_x, grid.origin_y) == (0.025, -3.5, 1.25)


def test_saving_into_a_missing_folder_is_a_map_error(tmp_path: Path) -> None:
    with pytest.raises(MapError, match="cannot be written"):
        save_map(Grid(np.array([[0, 100]], np.int8), 0.05, 0.0, 0.0), tmp_path / "missing" / "m.yaml")


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"image": None}, "no 'image'"),
        ({"image": "[1, 2]"}, "no 'image'"),
        ({"image": "other.pgm"}, "other.pgm' does not exist"),
        ({"resolution": None}, "no 'resolution'"),
        ({"resolution": 0.0}, "resolution = 0.0 must be a number from 0.001 to 10.0 m a pixel"),
        ({"resolution": ".nan"}, "resolution = nan must be"),
        ({"resolution": "-.inf"}, "resolution = -inf must be"),
        ({"resolution": "fine"}, "resolution = 'fine' must be"),
        ({"origin": None}, "origin = None must be"),
        ({"origin": "[0, .nan, 0]"}, "must be .x, y, yaw., finite"),
        ({"origin": "[0]"}, "must be .x, y, yaw."),
        ({"origin": "[0, 0, 0.5]"}, "rotated by origin yaw = 0.5 rad"),
        ({"mode": "binary"}, "mode = 'binary' must be one of: trinary, scale, raw"),
        ({"negate": 2}, "negate = 2 must be"),
        ({"free_thresh": 0.7}, "free_thresh = 0.7 must not exceed occupied_thresh = 0.65"),
        ({"occupied_thresh": 1.5}, "occupied_thresh = 1.5 must be a number from 0.0 to 1.0"),
    ],
)
def test_bad_yaml_values(tmp_path: Path, changes: dict[str, object], sentence: str) -> None:
    with pytest.raises(MapError, match=sentence):
        load_map(write(tmp_path, **changes))


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "must hold keys"),
        (b"- 1\n", "must hold keys"),
        (b"a: [", "not a YAML file"),
        (b"P5\n2 2\n255\n\x80\x81\x82\xff", "not a YAML file"),
    ],
)
def test_bad_yaml_files(tmp_path: Path, content: bytes, sentence: str) -> None:
    (tmp_path / "m.yaml").write_bytes(content)
    with pytest.raises(MapError, match=sentence):
        load_map(tmp_path / "m.yaml")


def test_missing_yaml_and_folder_in_its_place(tmp_path: Path) -> None:
    with pytest.raises(MapError, match="does not exist"):
        load_map(tmp_path / "none.yaml")
    with pytest.raises(MapError, match="cannot be read"):
        load_map(tmp_path)


@pytest.mark.parametrize(
    ("image", "name"),
    [
        (b"not a picture", "m.pgm"),
        (b"P5\n30 20\n255\n\x00\x01", "m.pgm"),
        (b"P2\n2 2\n255\n1 2 x 4\n", "m.pgm"),
        (b"\x89PNG\r\n\x1a\n\x00\x00", "m.png"),
        (b"", "m.png"),
    ],
)
def test_corrupt_images(tmp_path: Path, image: bytes, name: str) -> None:
    with pytest.raises(MapError, match="not a readable picture"):
        load_map(write(tmp_path, image, name=name))


@pytest.mark.parametrize("shade", [0, 205, 254])
def test_a_map_of_one_colour(tmp_path: Path, shade: int) -> None:
    with pytest.raises(MapError, match="reads as occupancy"):
        load_map(write(tmp_path, np.full((4, 4), shade, np.uint8)))


@pytest.mark.parametrize("size", [b"9000 9000", b"100000 100000"])
def test_absurd_sizes_are_refused_from_the_header(tmp_path: Path, size: bytes) -> None:
    with pytest.raises(MapError, match="at most 64000000"):
        load_map(write(tmp_path, b"P5\n" + size + b"\n255\n"))
