"""Parts of the node `simulator` that talk to ROS."""
