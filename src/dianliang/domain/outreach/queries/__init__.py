"""Every read about outreach."""
