"""Result files: what was measured, and all that is needed to measure it again."""

from __future__ import annotations

import json
import math
import os
import platform
import subprocess
from collections.abc import Mapping
from importlib import metadata
from pathlib import Path
from typing import Any

import numpy as np

from astro_nav_common.errors import AstroNavError
from astro_nav_tools.installation import SOURCE_ROOT

#: libraries whose versions may change a result
LIBRARIES = ("numpy", "scipy", "numba", "mujoco", "pyastar2d", "scikit-image", "ros-rclpy", "ros-rmw-fastrtps-cpp")


class ResultError(AstroNavError):
    """A result cannot be written."""


def provenance(seeds: Mapping[str, int] | None = None, changed: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """Where a result comes from: commit, seeds, parameters that differ from the defaults, versions, CPU."""
    return {
        "commit": commit(),
        "seeds": dict(seeds or {}),
        "changed_parameters": dict(changed or {}),
        "versions": versions(),
        "cpu": cpu_name(),
        "cores": len(os.sched_getaffinity(0)),
    }


def write_result(path: Path, summary: Mapping[str, Any], source: Mapping[str, Any], **more: Any) -> None:
    """Write `{"summary": ..., more..., "provenance": source}` as JSON. Raises ResultError."""
    write_json(path, {"summary": dict(summary), **more, "provenance": dict(source)})


def write_json(path: Path, content: Mapping[str, Any]) -> None:
    """Write a mapping as JSON, whole or not at all; numbers that JSON does not know become null. Raises ResultError."""
    text = json.dumps(plain(content), indent=2, allow_nan=False) + "\n"
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        temporary.write_text(text)
        temporary.replace(path)
    except OSError as error:
        raise ResultError(f"'{path}' cannot be written: {error.strerror}") from None


def plain(value: Any) -> Any:
    """The value in JSON's types: numpy's become Python's, NaN and infinity None."""
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, np.ndarray):
        return plain(value.tolist())
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    if isinstance(value, np.generic):
        return plain(value.item())
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value


def percentiles(values: Any, *which: float) -> dict[str, float]:
    """Percentiles as {"p50": ...}; NaN where there are no values."""
    array = np.asarray(values, float)
    return {f"p{level:g}": float(np.percentile(array, level)) if array.size else math.nan for level in which}


def commit() -> str:
    """Commit of the source tree, with "+changes" if files differ from it; "unknown" outside a git tree."""
    try:
        head = subprocess.run(
            ["git", "rev-parse", "HEAD"], cwd=SOURCE_ROOT, capture_output=True, text=True, check=True
        ).stdout.strip()
        status = ["git", "status", "--porcelain", "--untracked-files=no"]
        dirty = subprocess.run(status, cwd=SOURCE_ROOT, capture_output=True, text=True, check=True).stdout.strip()
    except (OSError, subprocess.CalledProcessError):
        return "unknown"
    return head + ("+changes" if dirty else "")


def versions() -> dict[str, str]:
    """Versions of Python and of the libraries that are installed."""
    installed = {item.metadata["Name"]: item.version for item in metadata.distributions()}
    return {"python": platform.python_version(), **{name: installed[name] for name in LIBRARIES if name in installed}}


def cpu_name() -> str:
    """The processor's model name."""
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        lines = []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor() or "unknown"
