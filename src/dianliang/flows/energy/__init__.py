"""From files of readings to what meters and transformers do; nothing per reading in the database.

Needs no installation: the store is a folder.
"""
