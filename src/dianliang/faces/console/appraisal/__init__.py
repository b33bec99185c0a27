"""Pages about task lists, 三管 and contests (考评)."""
