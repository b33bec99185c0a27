"""What a commander sees, tells and learns: live board, reports of the situation, review."""
