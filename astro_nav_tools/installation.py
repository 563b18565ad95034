"""Where things are: this source tree, the data sets beside it, and the prefixes ROS packages are installed under."""

from __future__ import annotations

import os
from pathlib import Path

#: the folder that holds setup.py, launch/ and config/ when the stack runs from its source tree
SOURCE_ROOT = Path(__file__).resolve().parents[1]


def data_folder() -> Path:
    """Folder of the public data sets (see CONTRIBUTING.md), which may be absent."""
    return Path(os.environ.get("ASTRO_NAV_DATA") or SOURCE_ROOT.parent / "shared" / "data")


def prefixes() -> list[Path]:
    """Installation prefixes of ROS packages; the first that has a package wins."""
    return [Path(entry) for entry in os.environ.get("AMENT_PREFIX_PATH", "").split(os.pathsep) if entry]
