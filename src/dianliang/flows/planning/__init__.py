"""Plan the day: draft, compute, edit, compare, publish."""
