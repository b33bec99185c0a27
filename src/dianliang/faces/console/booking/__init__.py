"""Pages about rooms and gear: one calendar of bookings."""
