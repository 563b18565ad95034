"""The demo's progress line: live on a terminal, a plain line now and then elsewhere."""

from __future__ import annotations

import time

from rich.console import Console

#: s between lines where the screen is no terminal
PLAIN_INTERVAL = 5.0
#: s between updates of the live line
LIVE_INTERVAL = 0.1


class Progress:
    """Shows one line; later ones replace it on a terminal, and follow it elsewhere."""

    def __init__(self, console: Console) -> None:
        """Args: console: where to."""
        self._console = console
        self._live = console.status("") if console.is_terminal else None
        self._next = 0.0
        if self._live is not None:
            self._live.start()

    def show(self, line: str) -> None:
        """Show a state of things that will soon be another; dropped if the last one was only just shown."""
        now = time.monotonic()
        if now < self._next:
            return
        self._next = now + (LIVE_INTERVAL if self._live is not None else PLAIN_INTERVAL)
        if self._live is not None:
            self._live.update(line)
        else:
            self._console.print(line)

    def keep(self, line: str) -> None:
        """Print a line that stays."""
        self._console.print(line)

    def close(self) -> None:
        """Remove the live line."""
        if self._live is not None:
            self._live.stop()
