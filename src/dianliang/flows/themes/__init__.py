"""Themes on records of every room: marks, rules, two-way tables, and the report of a programme."""
