"""The one place where numba's options are set.

`cache` keeps compiled code between runs; `nogil` lets executor threads go on; `error_model="numpy"` drops the
division-by-zero branches that stop vectorisation. Fast math is limited to re-association and contraction:
NaN and infinity keep their meaning, because kernels use them to notice bad input.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

_F = TypeVar("_F", bound=Callable[..., Any])


def _choose_cache_dir() -> None:
    """Point numba at a writable cache when neither the sources' folder nor the home is (else it raises at import)."""
    if "NUMBA_CACHE_DIR" in os.environ:
        return
    sources = Path(__file__).parent
    home_cache = Path(os.path.expanduser("~")) / ".cache"
    if not any(os.access(folder, os.W_OK) for folder in (sources, home_cache if home_cache.exists() else home_cache.parent)):
        os.environ["NUMBA_CACHE_DIR"] = os.path.join(tempfile.gettempdir(), f"astro_nav_numba_{os.getuid()}")


_choose_cache_dir()

import numba  # noqa: E402  (the cache folder must be set before numba reads its configuration)

_OPTIONS: dict[str, Any] = {
    "cache": True,
    "nogil": True,
    "error_model": "numpy",
    "fastmath": {"contract", "reassoc", "nsz", "arcp"},
}


def kernel(function: _F) -> _F:
    """Compile a function of arrays and scalars; nothing else of numba is used in this project."""
    return numba.njit(**_OPTIONS)(function)  # type: ignore[no-any-return]


def inline_kernel(function: _F) -> _F:
    """As `kernel`, inlined into its callers: for the few-line helpers of hot loops."""
    return numba.njit(inline="always", **_OPTIONS)(function)  # type: ignore[no-any-return]
