"""The parts of the node `global_planner`, one subject a file: what it hears, shows and serves. These files talk to ROS."""
