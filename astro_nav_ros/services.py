"""Services whose answer takes a while, without coroutines (the events executor has none for services)."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import Any

from rclpy.impl.implementation_singleton import rclpy_implementation
from rclpy.node import Node


def serve_later(node: Node, kind: Any, name: str, begin: Callable[[Any, Callable[[Any], None]], None]) -> None:
    """Serve `name`; `begin` gets each request and what to call, once, with the response, now or later, in the node's thread."""
    service = node.create_service(kind, name, lambda request, _response: request)
    respond = service.send_response

    def begin_instead(request: Any, header: Any) -> None:
        def answer(response: Any) -> None:
            with suppress(rclpy_implementation.InvalidHandle):  # the node was deactivated meanwhile
                respond(response, header)

        begin(request, answer)

    # executors call this with whatever the callback returned
    service.send_response = begin_instead
