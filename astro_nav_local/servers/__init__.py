"""What the node `local_planner` serves, one subject a file. These files talk to ROS."""
