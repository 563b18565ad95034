"""The guard: follows the local plan closely, slows down in time, stops always. ROS-free but for `node.py`."""
