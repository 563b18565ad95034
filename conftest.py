"""Every test run has ROS to itself: a domain of its own, this machine only, and messages that check their fields."""

import os
import random
import signal

from astro_nav_tools.domain import free_domain

if "ROS_DOMAIN_ID" not in os.environ:
    os.environ["ROS_DOMAIN_ID"] = str(free_domain(random.SystemRandom()))
os.environ["ROS_AUTOMATIC_DISCOVERY_RANGE"] = "LOCALHOST"
os.environ["ROS_PYTHON_CHECK_FIELDS"] = "1"  # off by default in Jazzy: an int in a float field would go out as garbage

# a job that a script runs in the background, or under nohup, inherits that signals are ignored; tests send them to what they start
for number, usual in (
    (signal.SIGINT, signal.default_int_handler),
    (signal.SIGTERM, signal.SIG_DFL),
    (signal.SIGHUP, signal.SIG_DFL),
):
    if signal.getsignal(number) is signal.SIG_IGN:
        signal.signal(number, usual)
