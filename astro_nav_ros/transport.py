"""Which transport the nodes' middleware uses: UDP, which does not wait for the dead.

A process killed while it holds a lock in Fast DDS's shared memory holds up all that write to it. `FASTDDS_BUILTIN_TRANSPORTS=UDPv4`
takes shared memory out, but not where ROS is confined to this machine (`ROS_AUTOMATIC_DISCOVERY_RANGE=LOCALHOST`): there
rmw_fastrtps sets up its own transports, shared memory among them, and asks nobody. So confinement is left to a profile then.
"""

from __future__ import annotations

import os
from collections.abc import MutableMapping
from pathlib import Path

#: UDP between sockets of 127.0.0.1, which talk to all that ROS confines to this machine
LOOPBACK_PROFILE = Path(__file__).with_name("loopback.xml")
#: by either name Fast DDS is told of a profile: up to version 2, and from 3 on
_PROFILES = ("FASTRTPS_DEFAULT_PROFILES_FILE", "FASTDDS_DEFAULT_PROFILES_FILE")
_TRANSPORTS, _RANGE = "FASTDDS_BUILTIN_TRANSPORTS", "ROS_AUTOMATIC_DISCOVERY_RANGE"


def use_dependable_transport(environment: MutableMapping[str, str] = os.environ) -> None:
    """UDP instead of shared memory, unless the user has chosen a transport or a profile. Call it before rclpy.init.

    A map of 4000 x 4000 cells takes 1.4 s from node to node, instead of 0.2.
    """
    if any(environment.get(name) for name in (_TRANSPORTS, *_PROFILES)):
        return
    environment[_TRANSPORTS] = "UDPv4"
    if environment.get(_RANGE, "").upper() == "LOCALHOST":
        environment[_RANGE] = "SYSTEM_DEFAULT"  # what the profile says is left as it is
        environment.update(dict.fromkeys(_PROFILES, str(LOOPBACK_PROFILE)))
