"""Watch cameras for who stays under a line, and tell how well that works (线路守护)."""
