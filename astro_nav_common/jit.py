"""The one place where numba's options are set.

`cache` keeps compiled code between runs; `nogil` lets executor threads go on; `error_model="numpy"` drops the
division-by-zero branches that stop vectorisation. Fast math is limited to re-association and contraction:
NaN and infinity keep their meaning, because kernels use them to notice bad input.

numba's own cache notices a change of the file that holds a function, but not of the kernels and constants it takes from other
files. So each function is cached in a folder named by the content of its file and of all files of this project it imports.
"""

from __future__ import annotations

import hashlib
import os
import re
import sys
import tempfile
import warnings
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

import numba

#: before it, numba forgets part of what it has noted of a call's arguments, and notes them anew at each call: about 30 kB a planning cycle
OLDEST_NUMBA = (0, 61)
NUMBA = tuple(map(int, numba.__version__.split(".")[:2]))
if NUMBA < OLDEST_NUMBA:
    _needed = ".".join(map(str, OLDEST_NUMBA))
    warnings.warn(f"numba {numba.__version__} loses memory: {_needed} or newer is needed", RuntimeWarning, stacklevel=2)

_F = TypeVar("_F", bound=Callable[..., Any])

_OPTIONS: dict[str, Any] = {
    "cache": True,
    "nogil": True,
    "error_model": "numpy",
    "fastmath": {"contract", "reassoc", "nsz", "arcp"},
}
_IMPORTS = re.compile(rb"^from (astro_nav\w+(?:\.\w+)*) import", re.MULTILINE)


def kernel(function: _F) -> _F:
    """Compile a function of arrays and scalars; nothing else of numba is used in this project."""
    return _compile(function)


def inline_kernel(function: _F) -> _F:
    """As `kernel`, inlined into its callers: for the few-line helpers of hot loops."""
    return _compile(function, inline="always")


def lean_kernel(function: _F) -> _F:
    """As `kernel`, for what hot loops call: it allocates nothing (that would not compile), so it need not count references either.

    Counting them took a sixth of the search: each tuple of arrays that is handed on is counted, atomically, array by array.
    """
    return _compile(function, _nrt=False)


def cache_folder() -> Path:
    """Where compiled code is kept: $NUMBA_CACHE_DIR, else the user's cache, else the temporary folder if that cannot be written."""
    if "NUMBA_CACHE_DIR" in os.environ:
        return Path(os.environ["NUMBA_CACHE_DIR"])
    folder = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "astro_nav" / "numba"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if os.access(folder, os.W_OK):
            return folder
    except OSError:
        pass
    return Path(tempfile.gettempdir()) / f"astro_nav_numba_{os.getuid()}"


def _compile(function: _F, **options: Any) -> _F:
    # numba reads its cache folder when a function is decorated
    before = numba.config.CACHE_DIR
    numba.config.CACHE_DIR = str(_FOLDER / _digest(function.__module__))
    try:
        return numba.njit(**_OPTIONS, **options)(function)
    finally:
        numba.config.CACHE_DIR = before


@cache
def _digest(module: str) -> str:
    """Of a module's source and, recursively, of what it imports from this project."""
    path = getattr(sys.modules.get(module), "__file__", None)
    if path is None:
        return "0" * 16
    source = Path(path).read_bytes()
    parts = [source, *(_digest(name.decode()).encode() for name in _IMPORTS.findall(source))]
    return hashlib.sha256(b"\0".join(parts)).hexdigest()[:16]


_FOLDER = cache_folder()
