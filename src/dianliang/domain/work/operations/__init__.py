"""Every write to field work: jobs, plans, visits."""
