"""Benchmarks of the line guard beside what others would do with the same pictures."""
