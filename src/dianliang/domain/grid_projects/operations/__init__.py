"""Every write about grid projects."""
