"""Cosine and sine in a loop are those of the library."""

from __future__ import annotations

import numpy as np

from astro_nav_common.jit import kernel
from astro_nav_common.trig import cos_sin


@kernel
def over(angles: np.ndarray, out: np.ndarray) -> None:
    """cos and sin of angles (N,) into out (N, 2)."""
    for i in range(angles.shape[0]):
        c, s = cos_sin(angles[i])
        out[i, 0] = c
        out[i, 1] = s


def test_agrees_with_the_library() -> None:
    quarters = 0.25 * np.pi * np.arange(-400, 401)
    angles = np.concatenate((np.linspace(-50.0, 50.0, 100_001), quarters, np.nextafter(quarters, 9e9), [0.0, -0.0]))
    got = np.empty((angles.size, 2))
    over(angles, got)
    wrong = np.abs(got - np.stack((np.cos(angles), np.sin(angles)), axis=1)).max(axis=1)
    assert (wrong / (1.0 + 0.1 * np.abs(angles))).max() < 1e-15
