"""How a node reports its own health: rates, latencies, counters, published as diagnostic_msgs on `diagnostics`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

import numpy as np
from diagnostic_msgs.msg import DiagnosticArray, DiagnosticStatus, KeyValue

from astro_nav_ros.qos import DEFAULT

if TYPE_CHECKING:
    from astro_nav_ros.runtime import ManagedNode


class Samples:
    """The last `size` values of one quantity, with their percentiles."""

    def __init__(self, size: int = 6000) -> None:
        """Args: size: how many are kept (6000 are ten minutes of planning cycles)."""
        self._values = np.empty(size)
        self.count = 0
        self.max = 0.0

    def add(self, value: float) -> None:
        """Append a value."""
        self._values[self.count % self._values.size] = value
        self.count += 1
        self.max = max(self.max, value)

    def percentiles(self, *quantiles: float) -> list[float]:
        """Values below which the given percentages lie; zeros before the first value."""
        kept = self._values[: min(self.count, self._values.size)]
        return [float(value) for value in np.percentile(kept, quantiles)] if kept.size else [0.0] * len(quantiles)


class Health:
    """Counters, samples and rates of one node, and the message made of them.

    Keys of the message: a counter's name; `NAME.p50`, `.p95`, `.p99`, `.max` of samples; `NAME_hz` of rates over the last period.
    """

    def __init__(self, name: str) -> None:
        """Args: name: of the node."""
        self._name = name
        self._samples: dict[str, Samples] = {}
        self._counts: dict[str, int] = {}
        self._rates: dict[str, tuple[int, float]] = {}
        self._extra: Callable[[], Mapping[str, object]] = dict
        self._level = DiagnosticStatus.OK
        self._message = "active"

    def sample(self, name: str, value: float) -> None:
        """Add a value to the samples of that name."""
        samples = self._samples.get(name)
        if samples is None:
            samples = self._samples[name] = Samples()
        samples.add(value)

    def count(self, name: str, by: int = 1) -> None:
        """Add to a counter; counters named `X_count` are also shown as a rate `X_hz`."""
        self._counts[name] = self._counts.get(name, 0) + by

    def tell_ok(self, message: str) -> None:
        """All is well: what the node is doing."""
        self._level, self._message = DiagnosticStatus.OK, message

    def tell_warning(self, message: str) -> None:
        """Something is missing: what, and what the node does about it."""
        self._level, self._message = DiagnosticStatus.WARN, message

    def extra(self, values: Callable[[], Mapping[str, object]]) -> None:
        """Further keys, asked for whenever a message is made."""
        self._extra = values

    def begin(self, node: ManagedNode, hz: float) -> None:
        """Publish at that rate until the node is deactivated."""
        publisher = node.create_publisher(DiagnosticArray, "diagnostics", DEFAULT)

        def publish() -> None:
            message = DiagnosticArray()
            message.header.stamp = node.get_clock().now().to_msg()
            message.status.append(self.status(node.now()))
            publisher.publish(message)

        node.every(1.0 / hz, publish)

    def status(self, now: float) -> DiagnosticStatus:
        """All of it as one status."""
        status = DiagnosticStatus(level=self._level, name=self._name, message=self._message, hardware_id="astro_nav")
        values: dict[str, object] = dict(self._counts)
        for name, total in self._counts.items():
            if name.endswith("_count"):
                before, then = self._rates.get(name, (total, now))
                if now > then:
                    values[name.removesuffix("_count") + "_hz"] = (total - before) / (now - then)
                self._rates[name] = (total, now)
        for name, samples in self._samples.items():
            for label, value in zip(("p50", "p95", "p99"), samples.percentiles(50.0, 95.0, 99.0)):
                values[f"{name}.{label}"] = value
            values[f"{name}.max"] = samples.max
        values.update(self._extra())
        status.values = [KeyValue(key=key, value=_text(value)) for key, value in values.items()]
        return status


def _text(value: object) -> str:
    return f"{value:.4g}" if isinstance(value, float) else str(value)
