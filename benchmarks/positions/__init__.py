"""Places of 3684 people in action, told every 30 seconds, beside normal page loads."""
