"""Pages by which an incident is commanded: live board, reports of the situation, review."""
