"""Long work beside the executor: one job at a time in a thread, its outcome handed back to the node's own thread."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

from rclpy.node import Node


class Worker:
    """The kernels release the interpreter lock, so the node goes on hearing and answering while a long search runs."""

    def __init__(self, node: Node, name: str) -> None:
        """Args: name: of the thread."""
        self._pool = ThreadPoolExecutor(1, thread_name_prefix=name)
        self._finished: deque[tuple[Future[Any], Callable[[Future[Any]], None]]] = deque()
        self._wake = node.create_guard_condition(self._deliver)

    def submit(self, job: Callable[[], Any], then: Callable[[Future[Any]], None]) -> None:
        """Run `job` after those submitted before; then call `then` with its future (done), from the node's executor."""

        def done(future: Future[Any]) -> None:
            self._finished.append((future, then))
            self._wake.trigger()

        self._pool.submit(job).add_done_callback(done)

    def stop(self) -> None:
        """Drop what has not begun and wait for what has; nothing is handed back any more."""
        self._pool.shutdown(wait=True, cancel_futures=True)
        self._finished.clear()

    def _deliver(self) -> None:
        while self._finished:
            future, then = self._finished.popleft()
            if not future.cancelled():
                then(future)
