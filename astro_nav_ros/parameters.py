"""Parameter sets (`astro_nav_common.params`) as ROS parameters: declared with descriptions and ranges, updated in two phases.

A changed value is validated as a whole set first (so rules between fields hold too) and rejected with the set's own sentence;
only after every parameter of the request is accepted is the new set swapped in and the owner told.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Callable
from typing import Any, TypeVar, get_type_hints

from rcl_interfaces.msg import FloatingPointRange, IntegerRange, ParameterDescriptor, SetParametersResult
from rclpy.node import Node
from rclpy.parameter import Parameter

from astro_nav_common.errors import ParameterError
from astro_nav_common.params import Params, sets_by_name

_P = TypeVar("_P", bound=Params)

#: names every node accepts, so that one parameter file with a `/**` section can serve all of them
SHARED = ("use_sim_time", "robot", "autostart", "enable_stamped_cmd_vel", "start_type_description_service")


class NodeParameters:
    """The parameter sets of one node.

    parameters = NodeParameters(node, fixed=(GuardNodeParams,), tunable=(GuardParams,))
    parameters.get(GuardParams).rate_hz
    """

    def __init__(
        self, node: Node, fixed: tuple[type[Params], ...] = (), tunable: tuple[type[Params], ...] = ()
    ) -> None:
        """Declare all fields of all sets. Raises ParameterError for an unknown name or a bad value among the overrides.

        Args:
            fixed: sets that are read once (topics, frames, the robot): read-only parameters.
            tunable: sets that may change while the node runs.
        """
        self._tunable = tunable
        self._values: dict[type[Params], Params] = {}
        self._by_name: dict[str, Params] = {}
        self._owner: dict[str, type[Params]] = {}
        self._pending: dict[type[Params], Params] = {}
        self._listeners: list[Callable[[], None]] = []
        # rclpy offers no public view of the overrides it was started with; they are read here, before declaring, so that
        # they pass the same checks as every other source of values (whole numbers for floats are fine, unknown names are not)
        overrides = {name: parameter.value for name, parameter in node._parameter_overrides.items()}
        for kind in (*fixed, *tunable):
            for spec in dataclasses.fields(kind):
                if spec.name in self._owner:
                    raise ParameterError(
                        f"{kind.__name__} and {self._owner[spec.name].__name__} both declare '{spec.name}'"
                    )
                self._owner[spec.name] = kind
        for kind in (*fixed, *tunable):
            names = [spec.name for spec in dataclasses.fields(kind)]
            self._values[kind] = kind.from_dict({name: overrides[name] for name in names if name in overrides})
        for kind in fixed:
            self._by_name |= sets_by_name(self._values[kind], overrides)
        self._refuse_unknown(node, overrides)
        for kind in (*fixed, *tunable):
            _declare(node, self._values[kind], read_only=kind in fixed)
        for name, values in self._by_name.items():
            _declare(node, values, read_only=True, prefix=f"{name}.")
        node.add_on_set_parameters_callback(self._validate)
        node.add_post_set_parameters_callback(self._swap)

    def get(self, kind: type[_P]) -> _P:
        """The set's present values."""
        return self._values[kind]  # type: ignore[return-value]

    def by_name(self, kind: type[_P]) -> dict[str, _P]:
        """The sets of that kind that names among the fixed parameters have, by name (see `param`)."""
        return {name: values for name, values in self._by_name.items() if isinstance(values, kind)}

    def on_change(self, listener: Callable[[], None]) -> None:
        """Call `listener` after a tunable set has been swapped, until `forget_listeners`."""
        self._listeners.append(listener)

    def forget_listeners(self) -> None:
        """Tell nobody any more."""
        self._listeners.clear()

    def _refuse_unknown(self, node: Node, overrides: dict[str, Any]) -> None:
        for name in overrides:
            known = name in self._owner or name in SHARED or name.partition(".")[0] in self._by_name
            if not known and not name.startswith("qos_overrides."):
                raise ParameterError(f"{node.get_name()} has no parameter '{name}'; it has: {', '.join(self._owner)}")

    def _validate(self, changes: list[Parameter]) -> SetParametersResult:
        changed: dict[type[Params], dict[str, Any]] = {}
        for parameter in changes:
            kind = self._owner.get(parameter.name)
            if kind in self._tunable:
                changed.setdefault(kind, self._values[kind].to_dict())[parameter.name] = parameter.value
        try:
            self._pending = {kind: kind.from_dict(values) for kind, values in changed.items()}
        except ParameterError as error:
            self._pending = {}
            return SetParametersResult(successful=False, reason=str(error))
        return SetParametersResult(successful=True)

    def _swap(self, _changes: list[Parameter]) -> None:
        if not self._pending:
            return
        self._values.update(self._pending)
        self._pending = {}
        for listener in self._listeners:
            listener()


def _declare(node: Node, values: Params, read_only: bool, prefix: str = "") -> None:
    hints = get_type_hints(type(values))
    for spec in dataclasses.fields(values):
        value = getattr(values, spec.name)
        descriptor = descriptor_of(spec, hints[spec.name], read_only)
        descriptor.name = prefix + spec.name
        node.declare_parameter(
            descriptor.name, list(value) if isinstance(value, tuple) else value, descriptor, ignore_override=True
        )


def descriptor_of(spec: dataclasses.Field[Any], hint: Any, read_only: bool = False) -> ParameterDescriptor:
    """Description with unit, range and choices, as `ros2 param describe` shows them."""
    meta = spec.metadata
    unit, low, high = meta.get("unit", ""), meta.get("low"), meta.get("high")
    text = str(meta.get("doc", "")) + (f" [{unit}]" if unit else "")
    descriptor = ParameterDescriptor(name=spec.name, description=text, read_only=read_only)
    if meta.get("choices"):
        descriptor.additional_constraints = "one of: " + ", ".join(meta["choices"])
    if hint is int and low is not None and high is not None:
        descriptor.integer_range = [IntegerRange(from_value=int(low), to_value=int(high), step=0)]
    if hint is float and (low is not None or high is not None):
        lower, upper = -math.inf if low is None else float(low), math.inf if high is None else float(high)
        descriptor.floating_point_range = [FloatingPointRange(from_value=lower, to_value=upper, step=0.0)]
    return descriptor
