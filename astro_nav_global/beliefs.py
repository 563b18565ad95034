"""What counts of past observations say about now: how likely something is open.

`open` and `blocked` are the counts of a Beta distribution, faded with a half-life of days: the habit. The state that was seen last
still holds with a probability that falls with a half-life of an hour or less; after that the habit decides.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np


class Pace(NamedTuple):
    """How fast things of a kind change: half-lives of the counts and of the state seen last, s."""

    habit: float
    state: float


class Counts(NamedTuple):
    """Faded numbers of independent observations up to `seen_at`, s, and what was seen then; floats, or arrays of one shape."""

    opened: np.ndarray | float = 0.0
    blocked: np.ndarray | float = 0.0
    seen_at: np.ndarray | float = -np.inf
    was_open: np.ndarray | bool = True


def weight(counts: Counts, is_open: np.ndarray | bool, now: float, independence: float) -> np.ndarray:
    """What an observation counts, 0 to 1: what was just seen to be so, and still is, is no news.

    Args:
        independence: half-life of that, s.
    """
    news = 1.0 - np.exp2(-np.maximum(now - np.asarray(counts.seen_at, float), 0.0) / independence)
    return np.where(np.equal(counts.was_open, is_open), news, 1.0)


def added(counts: Counts, is_open: np.ndarray | bool, weights: np.ndarray | float, now: float, habit: float) -> Counts:
    """The counts with an observation more. An observation from before the newest one counts as if made with it."""
    keep = kept(counts.seen_at, now, habit)
    return Counts(
        counts.opened * keep + np.where(is_open, weights, 0.0),
        counts.blocked * keep + np.where(is_open, 0.0, weights),
        np.maximum(counts.seen_at, now),
        is_open,
    )


def probability_open(counts: Counts, now: float, pace: Pace, usually_open: float, prior_strength: float) -> np.ndarray:
    """Probability of being open now. usually_open: without observations, worth `prior_strength` of them."""
    keep = kept(counts.seen_at, now, pace.habit)
    opened, blocked = counts.opened * keep, counts.blocked * keep
    habit = (usually_open * prior_strength + opened) / (prior_strength + opened + blocked)
    fresh = kept(counts.seen_at, now, pace.state)
    return np.asarray(habit + (np.asarray(counts.was_open, float) - habit) * fresh)


def kept(seen_at: np.ndarray | float, now: float, half_life: float) -> np.ndarray:
    """What is left, 0 to 1, since `seen_at`; all if that is yet to come, as after the start of a new simulation."""
    return np.asarray(np.exp2(-np.maximum(now - np.asarray(seen_at, float), 0.0) / half_life))
