"""Every write about outreach."""
