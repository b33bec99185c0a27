"""Tests of the schedules of projects."""
