"""Guarded events (保电): the plan with what it lacks, its jobs and rosters, log and review."""
