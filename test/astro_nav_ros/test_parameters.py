"""Parameter sets as ROS parameters."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest

rclpy = pytest.importorskip("rclpy", reason="needs ROS: run in the environment that `make setup` builds")
from rclpy.node import Node  # noqa: E402
from rclpy.parameter import Parameter  # noqa: E402

from astro_nav_common.errors import ParameterError  # noqa: E402
from astro_nav_common.params import Params, param  # noqa: E402
from astro_nav_ros.parameters import NodeParameters  # noqa: E402


@dataclass(frozen=True)
class Sensor(Params):
    topic: str = param("", doc="A topic.")


@dataclass(frozen=True)
class Fixed(Params):
    frame: str = param("odom", doc="A frame.")
    sensors: tuple[str, ...] = param(("scan",), doc="Sensors.", each=Sensor)


@dataclass(frozen=True)
class Tunable(Params):
    low: float = param(0.5, unit="m/s", low=0.0, high=1.0, doc="The lower speed.")
    high: float = param(0.8, unit="m/s", low=0.0, high=1.0, doc="The higher speed.")
    rounds: int = param(3, low=0, high=10, doc="Rounds.")
    mode: str = param("fast", choices=("fast", "slow"), doc="Mode.")

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.low > self.high:
            raise ParameterError(f"Tunable.low = {self.low} must not exceed high = {self.high}")


Maker = Callable[..., tuple[Node, NodeParameters]]


@pytest.fixture
def make(ros_context: Any) -> Iterator[Maker]:
    """Makes a node with these overrides, and its parameters."""
    nodes = []

    def made(**overrides: Any) -> tuple[Node, NodeParameters]:
        given = [Parameter(name, value=value) for name, value in overrides.items()]
        node = Node("tested", context=ros_context, parameter_overrides=given)
        nodes.append(node)
        return node, NodeParameters(node, fixed=(Fixed,), tunable=(Tunable,))

    yield made
    for node in nodes:
        node.destroy_node()


def set_many(node: Node, **values: Any) -> Any:
    return node.set_parameters_atomically([Parameter(name, value=value) for name, value in values.items()])


def test_overrides_reach_the_sets(make: Maker) -> None:
    _, parameters = make(frame="world", low=0.25)
    assert parameters.get(Fixed).frame == "world"
    assert parameters.get(Tunable) == Tunable(low=0.25)


def test_a_whole_number_serves_as_a_float(make: Maker) -> None:
    node, parameters = make(high=1)
    assert parameters.get(Tunable).high == 1.0
    assert isinstance(node.get_parameter("high").value, float)


def test_an_unknown_override_names_those_there_are(make: Maker) -> None:
    with pytest.raises(ParameterError, match=r"'lwo'.*low"):
        make(lwo=0.5)


@pytest.mark.parametrize(
    ("name", "value"), [("low", 1.5), ("low", float("nan")), ("low", "much"), ("mode", "quick"), ("rounds", 2.5)]
)
def test_a_bad_override_is_named(make: Maker, name: str, value: Any) -> None:
    with pytest.raises(ParameterError, match=name):
        make(**{name: value})


def test_parameters_every_node_shares_are_not_unknown(make: Maker) -> None:
    make(robot="astro", use_sim_time=False)


def test_names_in_a_list_have_parameters_of_their_own(make: Maker) -> None:
    node, parameters = make(sensors=["front", "rear"], **{"rear.topic": "laser"})
    assert parameters.by_name(Sensor) == {"front": Sensor(), "rear": Sensor("laser")}
    assert node.get_parameter("rear.topic").value == "laser"
    assert node.describe_parameter("front.topic").read_only


def test_parameters_of_a_name_that_is_not_in_the_list_are_unknown(make: Maker) -> None:
    with pytest.raises(ParameterError, match=r"no parameter 'rear\.topic'"):
        make(**{"rear.topic": "laser"})


def test_the_description_tells_unit_and_range(make: Maker) -> None:
    node, _ = make()
    descriptor = node.describe_parameter("low")
    assert descriptor.description == "The lower speed. [m/s]"
    assert (descriptor.floating_point_range[0].from_value, descriptor.floating_point_range[0].to_value) == (0.0, 1.0)
    assert node.describe_parameter("mode").additional_constraints == "one of: fast, slow"


def test_a_change_swaps_the_set_and_tells(make: Maker) -> None:
    node, parameters = make()
    heard: list[float] = []
    parameters.on_change(lambda: heard.append(parameters.get(Tunable).low))
    assert set_many(node, low=0.1, high=0.2).successful
    assert parameters.get(Tunable) == Tunable(low=0.1, high=0.2)
    assert heard == [0.1]


@pytest.mark.parametrize(
    "change", [{"low": 2.0}, {"low": 0.9}, {"high": 0.1, "rounds": 4}, {"mode": "quick"}, {"frame": "map"}]
)
def test_a_change_that_breaks_a_rule_changes_nothing(make: Maker, change: dict[str, Any]) -> None:
    node, parameters = make()
    result = set_many(node, **change)
    assert not result.successful
    assert result.reason
    assert parameters.get(Tunable) == Tunable()
    assert parameters.get(Fixed) == Fixed()
