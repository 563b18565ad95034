"""Local trajectory planning: which motion, exactly, over the next three seconds. ROS-free but for `node.py`."""
