"""Choosing a ROS domain that nobody else uses, so that a demo neither hears nor moves another robot."""

from __future__ import annotations

import os
import random
from pathlib import Path

from astro_nav_common.errors import AstroNavError

#: domains whose ports lie below Linux's ephemeral range, whatever the number of participants
LARGEST_DOMAIN = 101


class DomainError(AstroNavError):
    """No ROS domain can be used."""


def private_environment() -> dict[str, str]:
    """Environment of a run of its own: this machine only, in the domain the user set or else in a free one.

    Raises DomainError for a bad ROS_DOMAIN_ID, or if no domain is free.
    """
    given = os.environ.get("ROS_DOMAIN_ID", "")
    domain = free_domain(random.SystemRandom()) if given == "" else checked_domain(given)
    return {"ROS_DOMAIN_ID": str(domain), "ROS_AUTOMATIC_DISCOVERY_RANGE": "LOCALHOST"}


def checked_domain(text: str) -> int:
    """The number of a domain as ROS_DOMAIN_ID gives it."""
    if not text.isdigit() or int(text) > LARGEST_DOMAIN:
        raise DomainError(f"ROS_DOMAIN_ID = '{text}' must be a whole number from 0 to {LARGEST_DOMAIN}")
    return int(text)


def free_domain(rng: random.Random) -> int:
    """A random domain above 0 whose ports nobody on this machine holds."""
    used = used_udp_ports()
    candidates = [domain for domain in range(1, LARGEST_DOMAIN + 1) if not used & domain_ports(domain)]
    if not candidates:
        raise DomainError(
            f"every ROS domain from 1 to {LARGEST_DOMAIN} is in use on this machine; end some ROS programs"
        )
    return rng.choice(candidates)


def domain_ports(domain: int) -> set[int]:
    """UDP ports of a domain: discovery, and the first participants' own (RTPS 2.2, section 9.6.1)."""
    base = 7400 + 250 * domain
    return set(range(base, base + 32))


def used_udp_ports() -> set[int]:
    """UDP ports that are bound on this machine."""
    ports: set[int] = set()
    for table in ("/proc/net/udp", "/proc/net/udp6"):
        try:
            lines = Path(table).read_text().splitlines()[1:]
        except OSError:
            continue
        ports.update(int(line.split()[1].rpartition(":")[2], 16) for line in lines)
    return ports
