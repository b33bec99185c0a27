"""What others may know about alerts and incidents."""
