"""Benchmarks: one command each; only ratios and stated goals of one run count."""
