"""What a cycle of the local planner gives."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np

from astro_nav_common.types import State, Trajectory


class PlanStatus(NamedTuple):
    """What a cycle found: blocked: the local map shows no way along the guidance; reached: at the goal and at rest."""

    reached: bool
    blocked: bool
    distance_to_goal: float
    speed: float
    reason: str


class Candidates(NamedTuple):
    """xy: (K, T + 1, 2) float32 odom, m, valid until the next cycle; cost: (K,) m, infinite if not allowed, a lower
    bound of it if far from the best; best: index, -1 if none.
    """

    xy: np.ndarray
    cost: np.ndarray
    best: int


@dataclass(frozen=True)
class LocalPlan:
    """The outcome of one cycle."""

    trajectory: Trajectory
    candidates: Candidates
    status: PlanStatus
    start: State
    start_from_prediction: float
    stages_ms: dict[str, float] = field(default_factory=dict)
