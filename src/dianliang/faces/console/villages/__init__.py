"""Pages about villages: their files, their network, their service stations."""
