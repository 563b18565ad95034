"""Every test run has ROS to itself: a domain of its own, this machine only, and messages that check their fields."""

import os

os.environ.setdefault("ROS_DOMAIN_ID", str(10 + os.getpid() % 90))
os.environ["ROS_AUTOMATIC_DISCOVERY_RANGE"] = "LOCALHOST"
os.environ["ROS_PYTHON_CHECK_FIELDS"] = "1"  # off by default in Jazzy: an int in a float field would go out as garbage
