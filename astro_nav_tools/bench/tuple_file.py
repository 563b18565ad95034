"""Nested named tuples of arrays and numbers in an .npz file: data and nothing else, whoever has written it."""

from __future__ import annotations

import types
import typing
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np


def save(file: Path, items: Sequence[Any]) -> None:
    """Write named tuples, all of one kind. What is None is left out."""
    arrays: dict[str, np.ndarray] = {"count": np.array(len(items))}
    for i, item in enumerate(items):
        _flatten(str(i), item, arrays)
    with file.open("wb") as stream:
        np.savez_compressed(stream, **arrays)  # type: ignore[arg-type]


def load(file: Path, kind: Any) -> list[Any]:
    """Read named tuples of that kind."""
    with np.load(file, allow_pickle=False) as arrays:
        values = dict(arrays)
    return [_build(str(i), kind, values) for i in range(int(values["count"]))]


def _flatten(key: str, value: Any, arrays: dict[str, np.ndarray]) -> None:
    if hasattr(value, "_fields"):
        for name in value._fields:
            _flatten(f"{key}.{name}", getattr(value, name), arrays)
    elif value is not None:
        arrays[key] = np.asarray(value)


def _build(key: str, kind: Any, arrays: Mapping[str, np.ndarray]) -> Any:
    kinds = typing.get_args(kind) if isinstance(kind, types.UnionType) else (kind,)
    if type(None) in kinds and key not in arrays:
        return None
    (kind,) = (one for one in kinds if one is not type(None))
    if hasattr(kind, "_fields"):
        hints = typing.get_type_hints(kind)
        return kind(*(_build(f"{key}.{name}", hints[name], arrays) for name in kind._fields))
    return arrays[key] if kind is np.ndarray else kind(arrays[key].item())
