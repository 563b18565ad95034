"""What counts of past observations say about now: how likely something is open.

`open` and `blocked` are the counts of a Beta distribution, faded with a half-life of days: the habit. The state that was seen last
still holds with a probability that falls with a half-life of an hour or less; after that the habit decides.

Times may lie ahead of now by mistake: a clock was wrong, a simulation begun anew. Then what they say is taken as of now (`as_of`).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

#: s by which times may lie ahead of now, because processes write in any order
_AHEAD = 3600.0


class Pace(NamedTuple):
    """How fast things of a kind change: half-lives of the counts and of the state seen last, s."""

    habit: float
    state: float


class Counts(NamedTuple):
    """Faded numbers of independent observations up to `seen_at`, s, and what was seen then; floats, or arrays of one shape.

    open_at, blocked_at: when it was last counted as open, and as blocked, s.
    """

    opened: np.ndarray | float = 0.0
    blocked: np.ndarray | float = 0.0
    seen_at: np.ndarray | float = -np.inf
    was_open: np.ndarray | bool = True
    open_at: np.ndarray | float = -np.inf
    blocked_at: np.ndarray | float = -np.inf

    def scalar(self) -> Counts:
        """These of one thing, as plain numbers."""
        opened, blocked, seen_at, was_open, open_at, blocked_at = self
        return Counts(float(opened), float(blocked), float(seen_at), bool(was_open), float(open_at), float(blocked_at))


def weight(counts: Counts, is_open: np.ndarray | bool, now: float, independence: float) -> np.ndarray:
    """What an observation counts, 0 to 1: what was counted a moment ago is no news, whatever was seen in between.

    Args:
        independence: half-life of that, s.
    """
    last = np.where(is_open, counts.open_at, counts.blocked_at)
    return np.asarray(1.0 - np.exp2(-np.maximum(now - last, 0.0) / independence))


def is_change(counts: Counts, is_open: np.ndarray | bool) -> np.ndarray:
    """Whether the state is another one than that seen last: to be added, however little it counts."""
    return np.not_equal(counts.was_open, is_open)


def added(counts: Counts, is_open: np.ndarray | bool, weights: np.ndarray | float, now: float, habit: float) -> Counts:
    """The counts with an observation more. An observation from before the newest one counts as if made with it."""
    before = as_of(counts, now)
    keep = kept(before.seen_at, now, habit)
    return Counts(
        before.opened * keep + np.where(is_open, weights, 0.0),
        before.blocked * keep + np.where(is_open, 0.0, weights),
        np.maximum(before.seen_at, now),
        is_open,
        np.where(is_open, np.maximum(before.open_at, now), before.open_at),
        np.where(is_open, before.blocked_at, np.maximum(before.blocked_at, now)),
    )


def probability_open(counts: Counts, now: float, pace: Pace, usually_open: float, prior_strength: float) -> np.ndarray:
    """Probability of being open now. usually_open: without observations, worth `prior_strength` of them."""
    keep = kept(counts.seen_at, now, pace.habit)
    opened, blocked = counts.opened * keep, counts.blocked * keep
    habit = (usually_open * prior_strength + opened) / (prior_strength + opened + blocked)
    fresh = kept(counts.seen_at, now, pace.state)
    return np.asarray(habit + (np.asarray(counts.was_open, float) - habit) * fresh)


def kept(seen_at: np.ndarray | float, now: float, half_life: float) -> np.ndarray:
    """What is left, 0 to 1, since `seen_at`; all if that is yet to come."""
    return np.asarray(np.exp2(-np.maximum(now - np.asarray(seen_at, float), 0.0) / half_life))


def is_ahead(t: np.ndarray | float, now: float) -> np.ndarray:
    """Whether a time lies ahead of now by mistake."""
    return np.asarray(t, float) > now + _AHEAD


def as_of(counts: Counts, now: float) -> Counts:
    """The counts, those times that lie ahead by mistake being now; or they would hold, and keep all that is seen from counting, until then."""
    times = (
        np.where(is_ahead(t, now), now, np.asarray(t, float))
        for t in (counts.seen_at, counts.open_at, counts.blocked_at)
    )
    seen_at, open_at, blocked_at = times
    return counts._replace(seen_at=seen_at, open_at=open_at, blocked_at=blocked_at)
