"""What others may know about branches and what they do."""
