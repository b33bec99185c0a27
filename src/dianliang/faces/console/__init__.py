"""Where dispatchers, stations and commanders work."""
