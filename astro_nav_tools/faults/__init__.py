"""What can go wrong while the robot drives, done to a running stack and measured."""
