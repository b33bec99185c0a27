"""Understand a need and say why."""
