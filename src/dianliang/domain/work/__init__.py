"""Field work: jobs, plans, visits."""
