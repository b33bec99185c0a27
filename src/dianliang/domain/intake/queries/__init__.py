"""Every read of needs: for the public, for followers, for handlers."""
