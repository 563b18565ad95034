"""What a check finds."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

OK, WARNING, BROKEN = "ok", "warning", "broken"


@dataclass(frozen=True)
class Finding:
    """level: ok, warning (something will be worse than it could be) or broken. remedy: what to do, empty if nothing."""

    level: str
    text: str
    remedy: str = ""


#: what is looked at, and the function that looks
Check = tuple[str, Callable[[], Finding]]


def ok(text: str) -> Finding:
    """All is well."""
    return Finding(OK, text)


def warning(text: str, remedy: str) -> Finding:
    """It works, but."""
    return Finding(WARNING, text, remedy)


def broken(text: str, remedy: str) -> Finding:
    """It does not work."""
    return Finding(BROKEN, text, remedy)
