"""What all ROS nodes share: parameters, conversions, transforms, QoS, lifecycle. Only here and in `node.py` files is rclpy imported."""
