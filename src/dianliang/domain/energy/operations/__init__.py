"""Every write about claims and factors."""
