"""Tests of the desk for grid projects."""
