"""People sort what triage could not: a queue, a second opinion, contradictions settled."""
