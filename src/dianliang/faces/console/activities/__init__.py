"""Pages about activities: sign-up, attendance, courses, lectures."""
