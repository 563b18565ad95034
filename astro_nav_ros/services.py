"""Services whose answer takes a while, without coroutines (the events executor has none for services)."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import Any

from rclpy.impl.implementation_singleton import rclpy_implementation
from rclpy.node import Node

#: requests of a service that wait for their answers at once: each may cost work of a second, and megabytes
WAITING_MAX = 10


def serve_later(
    node: Node, kind: Any, name: str, begin: Callable[[Any, Callable[[Any], None]], None], most: int = WAITING_MAX
) -> None:
    """Serve `name`; `begin` gets each request and what to call, once, with the response, now or later, in the node's thread.

    While `most` requests wait, others are answered at once, and in vain: with the response whose fields were not set.
    """
    service = node.create_service(kind, name, lambda request, _response: request)
    respond = service.send_response
    waiting = 0

    def begin_instead(request: Any, header: Any) -> None:
        nonlocal waiting

        def answer(response: Any) -> None:
            nonlocal waiting
            waiting -= 1
            with suppress(rclpy_implementation.InvalidHandle):  # the node was deactivated meanwhile
                respond(response, header)

        if waiting == most:
            sentence = f"{name}: answered in vain, {most} requests are waiting"
            node.get_logger().warning(sentence, throttle_duration_sec=5.0)
            respond(kind.Response(), header)
            return
        waiting += 1
        begin(request, answer)

    # executors call this with whatever the callback returned
    service.send_response = begin_instead
