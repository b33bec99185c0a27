"""Every write about gear and stores."""
