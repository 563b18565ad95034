"""What a process uses, from /proc."""

from __future__ import annotations

import os
from pathlib import Path
from typing import NamedTuple

_TICKS = os.sysconf("SC_CLK_TCK")
_PAGE = os.sysconf("SC_PAGE_SIZE")


class Usage(NamedTuple):
    """Processor time so far, s, and resident memory, MiB."""

    cpu_s: float
    memory_mib: float


def usage(pid: int) -> Usage | None:
    """Of a process; None if it is gone."""
    folder = Path("/proc") / str(pid)
    try:
        fields = (folder / "stat").read_text().rpartition(")")[2].split()
        pages = int((folder / "statm").read_text().split()[1])
    except OSError:
        return None
    return Usage((int(fields[11]) + int(fields[12])) / _TICKS, pages * _PAGE / 2**20)
