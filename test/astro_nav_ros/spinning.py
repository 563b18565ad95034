"""Waiting for what other nodes of this process do."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

#: s that a busy machine may take
PATIENCE = 60.0


def spin_until(executor: Any, done: Callable[[], Any]) -> None:
    """Spin until `done()`."""
    end = time.monotonic() + PATIENCE
    while not done():
        assert time.monotonic() < end, "waited in vain"
        executor.spin_once(0.02)
