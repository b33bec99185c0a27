"""How programs speak to us: Open311, GeoJSON, iCalendar, v1."""
