"""One room per concept; a stack in which siblings meet only in flows."""
