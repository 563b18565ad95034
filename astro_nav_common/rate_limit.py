"""How much is let in of what may come in floods."""

from __future__ import annotations


class RateLimit:
    """A bucket of tokens: `burst` at once, `rate_hz` over time; time is given by the caller and may jump."""

    def __init__(self, rate_hz: float, burst: float) -> None:
        """Args: burst: what may come at once."""
        self._rate, self._burst = rate_hz, burst
        self._tokens, self._then = burst, 0.0

    def admits(self, now: float, amount: float = 1.0) -> bool:
        """True if so much more may come in now, s; it is counted if so."""
        elapsed = now - self._then
        self._then = now
        # a clock that went back says nothing of what came in between
        self._tokens = min(self._tokens + self._rate * max(elapsed, 0.0), self._burst)
        if self._tokens < amount:
            return False
        self._tokens -= amount
        return True
