"""Points that fill the unit cube evenly, however many of them there are."""

from __future__ import annotations

import numpy as np


def additive_sequence(count: int, dimensions: int, rng: np.random.Generator) -> np.ndarray:
    """(count, dimensions) points of an additive recurrence in the unit cube, shifted by a draw.

    Its steps are powers of the generalised golden ratio, the root of x^(d + 1) = x + 1: no other step's multiples come as far from
    each other. In the search it does as well as Sobol's points, whose import from SciPy takes 60 MB.

    Source: M. Roberts, "The unreasonable effectiveness of quasirandom sequences", 2018.
    """
    ratio = 1.0
    for _ in range(64):
        ratio = (1.0 + ratio) ** (1.0 / (dimensions + 1))
    steps = ratio ** -np.arange(1.0, dimensions + 1)
    return (rng.random(dimensions) + np.arange(count)[:, None] * steps) % 1.0
