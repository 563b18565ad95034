"""Where everything of the environment lies; all of it inside the repository."""

from __future__ import annotations

import os
from pathlib import Path

FOLDER = Path(__file__).resolve().parent
REPOSITORY = FOLDER.parent
VENV = REPOSITORY / ".venv"
PYTHON = VENV / "bin" / "python"
STAMPS = VENV / "stamps"
LOGS = VENV / "log"
INTERFACES = VENV / "interfaces"  # install space of the interface packages built here, an overlay over VENV
ROS_LOCK = FOLDER / "ros.lock"
PYTHON_LOCK = FOLDER / "python.lock"


def shown(path: Path) -> str:
    """The path as a person in the repository would type it."""
    return os.path.relpath(path, REPOSITORY)
