"""A small managed node that tests run as a process: it publishes what it does."""

from __future__ import annotations

import sys
import time
from dataclasses import dataclass

from std_msgs.msg import Float64, String

from astro_nav_common.errors import ParameterError
from astro_nav_common.params import Params, param
from astro_nav_ros.node_params import NodeParams
from astro_nav_ros.runtime import ManagedNode, run


@dataclass(frozen=True)
class ProbeParams(Params):
    gain: float = param(1.0, low=0.0, high=2.0, doc="What is published.")
    setup_time: float = param(0.0, unit="s", low=0.0, high=100.0, doc="As if kernels had to be compiled.")


class Probe(ManagedNode):
    """Publishes its gain at 50 Hz, and says which hook has run."""

    def __init__(self) -> None:
        super().__init__("probe", fixed=(NodeParams,), tunable=(ProbeParams,))
        self._said = self.create_publisher(String, "said", 10)

    def setup(self) -> None:
        if self.parameters.get(ProbeParams).gain == 0.0:
            raise ParameterError("a gain of zero can be declared but not used")
        if self.parameters.get(ProbeParams).setup_time:
            self._say("compiling")
            time.sleep(self.parameters.get(ProbeParams).setup_time)
        self._publisher = self.create_publisher(Float64, "gain", 10)
        self._say("setup")

    def start(self) -> None:
        self.create_timer(0.02, lambda: self._publisher.publish(Float64(data=self.parameters.get(ProbeParams).gain)))
        self._say("start")

    def stop(self) -> None:
        self._publisher.publish(Float64(data=-1.0))
        self._say("stop")

    def teardown(self) -> None:
        self._say("teardown")

    def _say(self, what: str) -> None:
        self._said.publish(String(data=what))
        print(what, flush=True)


if __name__ == "__main__":
    sys.exit(run(Probe, "probe"))
