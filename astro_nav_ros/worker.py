"""Long work beside the executor: one job at a time in a thread, its outcome handed back to the node's own thread."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from astro_nav_ros.runtime import ManagedNode


class Worker:
    """The kernels release the interpreter lock, so the node goes on hearing and answering while a long search runs."""

    def __init__(self, node: ManagedNode, name: str) -> None:
        """Args: name: of the thread."""
        self._node = node
        self._pool = ThreadPoolExecutor(1, thread_name_prefix=name)
        self._stopped = False

    @property
    def stopped(self) -> bool:
        """True once the node is on its way out of this state: a job that waits shall wait no longer."""
        return self._stopped

    def submit(self, job: Callable[[], Any], then: Callable[[Future[Any]], None]) -> None:
        """Run `job` after those submitted before; then call `then` with its future (done), from the node's executor.

        Once stopped, nothing is run: messages that waited in the executor's queue can still come.
        """
        if self._stopped:
            return

        def deliver(future: Future[Any]) -> None:
            try:
                if not self._stopped:
                    then(future)
            except Exception as defect:
                self._node.fail(defect)

        def done(future: Future[Any]) -> None:
            # a task, for this is the only way into the events executor from another thread (it has no guard conditions)
            executor = self._node.executor
            if not self._stopped and executor is not None:
                executor.create_task(deliver, future)

        self._pool.submit(job).add_done_callback(done)

    def stop(self) -> None:
        """Drop what has not begun and wait for what has; nothing is handed back any more."""
        self._stopped = True
        self._pool.shutdown(wait=True, cancel_futures=True)
