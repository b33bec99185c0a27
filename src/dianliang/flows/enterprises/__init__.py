"""From readings and contracts to what a firm could save, to a visit, to what it saved.

The modules up to `books` need no installation: the store and the tables are files.
"""
