"""Append-only double entry (账本): hours, points, money and pieces between accounts."""
