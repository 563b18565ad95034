"""Declared parameters: what is accepted, and what refusals say."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest

from astro_nav_common.errors import AstroNavError, ParameterError
from astro_nav_common.params import Params, param, sets_by_name


@dataclass(frozen=True)
class Sample(Params):
    """One of each kind."""

    speed: float = param(1.0, unit="m/s", low=0.0, high=2.0, doc="Speed.")
    count: int = param(3, low=1, doc="Count.")
    active: bool = param(True, doc="Active.")
    kind: str = param("fast", choices=("fast", "slow"), doc="Kind.")
    corners: tuple[float, ...] = param((0.0, 1.0), unit="m", low=-2.0, high=2.0, doc="Corners.")
    topics: tuple[str, ...] = param(("scan",), doc="Topics.")


def test_values_come_in_their_declared_types() -> None:
    sample = Sample(speed=1, count=4.0, corners=[1, np.float32(0.5)], topics=["a", "b"])  # type: ignore[arg-type]
    assert sample == Sample(1.0, 4, True, "fast", (1.0, 0.5), ("a", "b"))
    assert isinstance(sample.speed, float) and isinstance(sample.count, int)


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"speed": 2.5}, r"Sample\.speed = 2\.5 must be a number from 0\.0 to 2\.0 m/s"),
        ({"speed": float("nan")}, r"Sample\.speed = nan must be a number from 0\.0 to 2\.0 m/s"),
        ({"speed": float("inf")}, r"Sample\.speed = inf must be"),
        ({"speed": "1.0"}, r"Sample\.speed = '1\.0' must be a number"),
        ({"speed": True}, r"Sample\.speed = True must be a number"),
        ({"speed": None}, r"Sample\.speed = None must be a number"),
        ({"count": 0}, r"Sample\.count = 0 must be a whole number from 1 to inf"),
        ({"count": 1.5}, r"Sample\.count = 1\.5 must be a whole number"),
        ({"active": 1}, r"Sample\.active = 1 must be a bool"),
        ({"kind": "medium"}, r"Sample\.kind = 'medium' must be one of: fast, slow"),
        ({"kind": 3}, r"Sample\.kind = 3 must be a str"),
        ({"corners": [0.0, 3.0]}, r"Sample\.corners = 3\.0 must be a number from -2\.0 to 2\.0 m"),
        ({"corners": 1.0}, r"Sample\.corners = 1\.0 must be a list"),
        ({"corners": "12"}, r"Sample\.corners = '12' must be a list"),
        ({"topics": "scan"}, r"Sample\.topics = 'scan' must be a list"),
        ({"spede": 1.0}, r"Sample has no parameter 'spede'; it has: speed, count, active, kind, corners, topics"),
    ],
)
def test_a_bad_value_is_refused_with_its_name_and_what_would_be_right(values: dict[str, Any], message: str) -> None:
    with pytest.raises(ParameterError, match=message):
        Sample.from_dict(values)


def test_a_parameter_error_is_the_users_to_mend() -> None:
    with pytest.raises(AstroNavError):
        Sample(speed=-1.0)


def test_a_set_survives_the_way_through_plain_values() -> None:
    sample = Sample(speed=0.5, corners=(1.0, 2.0))
    plain = sample.to_dict()
    assert plain["corners"] == [1.0, 2.0]
    assert Sample.from_dict(plain) == sample


def test_only_changed_values_are_told() -> None:
    assert Sample().changed() == {}
    assert Sample(speed=0.5, corners=[0, 1]).changed() == {"speed": 0.5}  # type: ignore[arg-type]


@dataclass(frozen=True)
class Sensor(Params):
    """What each of several sensors has."""

    topic: str = param("", doc="Topic.")
    reach: float = param(5.0, unit="m", low=0.0, doc="Reach.")


@dataclass(frozen=True)
class Robot(Params):
    """A robot with sensors that have names."""

    sensors: tuple[str, ...] = param(("scan",), doc="Sensors.", each=Sensor)
    speed: float = param(1.0, doc="Speed.")


def test_each_name_has_a_set_of_its_own() -> None:
    overrides = {"front.topic": "laser", "rear.reach": 2, "speed": 3.0, "other.topic": "of somebody else"}
    sets = sets_by_name(Robot(sensors=("front", "rear")), overrides)
    assert sets == {"front": Sensor(topic="laser"), "rear": Sensor(reach=2.0)}


@pytest.mark.parametrize(
    ("names", "overrides", "message"),
    [
        (("a", "a"), {}, r"Robot\.sensors: 'a' is there twice"),
        (("a b",), {}, "'a b' cannot be a name"),
        (("speed",), {}, "'speed' cannot be a name"),
        (("a",), {"a.reach": -1.0}, r"'a': Sensor\.reach = -1\.0 must be"),
        (("a",), {"a.raech": 1.0}, "'a': Sensor has no parameter 'raech'; it has: topic, reach"),
    ],
)
def test_bad_names_and_their_bad_values_are_told(
    names: tuple[str, ...], overrides: dict[str, float], message: str
) -> None:
    with pytest.raises(ParameterError, match=message):
        sets_by_name(Robot(sensors=names), overrides)


def test_a_list_of_a_million_entries_is_refused_unread() -> None:
    with pytest.raises(ParameterError, match=r"Sample\.corners has 1000000 entries; no more than 1000 are taken"):
        Sample(corners=np.zeros(1_000_000))  # type: ignore[arg-type]
