"""Check that messages pass between processes of this machine."""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
import time

from astro_nav_tools.doctor.finding import Finding, broken, ok
from astro_nav_tools.domain import DomainError, private_environment


def loopback() -> Finding:
    """A talker and a listener in processes of their own."""
    if importlib.util.find_spec("rclpy") is None:
        return broken("not tried without rclpy", "mend ROS 2 first")
    try:
        environment = {**os.environ, **private_environment()}
    except DomainError as error:
        return broken(str(error), "unset ROS_DOMAIN_ID, or set it to a number from 0 to 101")
    command = [sys.executable, "-m", "astro_nav_tools.doctor.node"]
    began = time.monotonic()
    talker = subprocess.Popen([*command, "talk"], env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        listener = subprocess.run(
            [*command, "listen"], env=environment, capture_output=True, text=True, timeout=40, check=False
        )
    except subprocess.TimeoutExpired:
        return broken(
            "a listening node hangs", "see whether a firewall or container forbids UDP on the loopback device"
        )
    finally:
        talker.kill()
        talker.wait()
    if listener.returncode == 0:
        return ok(
            f"a message went from process to process, domain {environment['ROS_DOMAIN_ID']}, {time.monotonic() - began:.1f} s"
        )
    said = (listener.stderr.strip().splitlines() or ["nothing was heard"])[-1]
    return broken(
        f"no message arrived: {said}",
        "allow UDP multicast on the loopback device (`ip link set lo multicast on`), and unset FASTRTPS_DEFAULT_PROFILES_FILE",
    )
