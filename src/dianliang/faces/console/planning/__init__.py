"""The console's planning pages."""
