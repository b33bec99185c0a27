"""Pages about ledgers: balances, rules, donations."""
