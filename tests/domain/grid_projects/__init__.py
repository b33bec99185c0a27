"""Tests of grid projects."""
