"""Domains of one's own."""

from __future__ import annotations

import random
import socket

import pytest

from astro_nav_tools import domain
from astro_nav_tools.domain import (
    DomainError,
    checked_domain,
    domain_ports,
    free_domain,
    private_environment,
    used_udp_ports,
)


def test_a_bound_port_is_seen_as_used() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as bound:
        bound.bind(("127.0.0.1", 0))
        assert bound.getsockname()[1] in used_udp_ports()


def test_a_free_domain_avoids_used_ports(monkeypatch: pytest.MonkeyPatch) -> None:
    taken = {min(domain_ports(number)) for number in range(1, 102) if number != 42}
    monkeypatch.setattr(domain, "used_udp_ports", lambda: taken)
    assert free_domain(random.Random(0)) == 42


def test_no_free_domain_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(domain, "used_udp_ports", lambda: set(range(7400, 60000)))
    with pytest.raises(DomainError, match="is in use"):
        free_domain(random.Random(0))


def test_a_given_domain_is_kept_and_discovery_stays_on_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ROS_DOMAIN_ID", "17")
    assert private_environment() == {"ROS_DOMAIN_ID": "17", "ROS_AUTOMATIC_DISCOVERY_RANGE": "LOCALHOST"}


@pytest.mark.parametrize("text", ["102", "-3", "1.5", "a"])
def test_bad_domains_are_refused(text: str) -> None:
    with pytest.raises(DomainError):
        checked_domain(text)
