"""Times of the stages of one planning cycle."""

from __future__ import annotations

from collections.abc import Callable


class Laps:
    """A stopwatch: called with a stage's name when that stage ends. `ms` by name, in order."""

    def __init__(self, clock: Callable[[], float] | None) -> None:
        """Args: clock: s; None times nothing."""
        self._clock = clock
        self._at = clock() if clock else 0.0
        self.ms: dict[str, float] = {}

    def __call__(self, stage: str) -> None:
        """The stage ends now."""
        if self._clock:
            now = self._clock()
            self.ms[stage] = 1e3 * (now - self._at)
            self._at = now
