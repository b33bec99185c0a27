"""Every write about appraisals: rules, lists and duties, rounds, appeals."""
