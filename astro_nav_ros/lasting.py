"""Action servers and clients last as long as their node, however often it is activated.

The events executor (rclpy 7.1.5) crashes when an action server or client is destroyed while a message for it waits in its queue; a
node deactivated while driving crashed every time. So they are made once, refuse or ignore what comes while the node is not active,
and are given again at the next activation.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar
from weakref import WeakKeyDictionary

from rclpy.node import Node

_T = TypeVar("_T")
_kept: WeakKeyDictionary[Node, dict[tuple[str, str], Any]] = WeakKeyDictionary()
_to_close: WeakKeyDictionary[Node, list[Callable[[], None]]] = WeakKeyDictionary()


def lasting(node: Node, what: str, name: str, make: Callable[[], _T], close: Callable[[], None]) -> _T:
    """What the node has under that name, made at the first call. Args: close: called when the node is deactivated."""
    _to_close.setdefault(node, []).append(close)
    kept = _kept.setdefault(node, {})
    if (what, name) not in kept:
        kept[what, name] = make()
    found: _T = kept[what, name]
    return found


def lasts(node: Node, entity: Any) -> bool:
    """True for what outlives the node's being active."""
    return any(entity is kept for kept in _kept.get(node, {}).values())


def close_all(node: Node) -> None:
    """The node is deactivated."""
    for close in _to_close.pop(node, []):
        close()


def destroy_all(node: Node) -> None:
    """The node ends, and no executor spins it any more."""
    close_all(node)
    for entity in _kept.pop(node, {}).values():
        entity.destroy()
