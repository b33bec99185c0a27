"""Django's SQLite backend behind one write gate."""
