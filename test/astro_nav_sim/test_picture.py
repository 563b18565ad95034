"""Pictures are files with something on them."""

from __future__ import annotations

import numpy as np
import pytest

pytest.importorskip("matplotlib")

from PIL import Image

from astro_nav_common.types import Pose
from astro_nav_sim.contacts import Contact
from astro_nav_sim.picture import save_picture
from astro_nav_sim.result import RunResult
from astro_nav_sim.worlds import load_world


def colourful(path) -> int:
    """Number of strongly coloured pixels."""
    pixels = np.asarray(Image.open(path).convert("RGB")).astype(int)
    return int((np.ptp(pixels, axis=-1) > 150).sum())


def test_a_run_is_drawn_over_its_world(tmp_path) -> None:
    world = load_world("corridor")
    t = np.arange(0.0, 6.0, 0.02)
    truth = np.column_stack((t, 1.0 + t, 0.8 + 0 * t, 0 * t, np.linspace(0, 1, len(t)), 0 * t, 0 * t))
    contact = Contact(6.0, "box_1", 6.8, 0.5, 0.5)
    run = RunResult(
        "corridor", "collision", "", 6.0, 0, 1, [], [contact], 0.0, 0.02, truth, np.zeros((len(t), 4)), np.empty(0)
    )
    save_picture(tmp_path / "world.png", world, grid=world.map)
    save_picture(tmp_path / "new" / "run.png", world, run, grid=world.map)
    assert colourful(tmp_path / "new" / "run.png") > colourful(tmp_path / "world.png") + 1000
    assert world.start == Pose(1.0, 0.8, 0.0)
