"""Plans as files: problems come in as JSON or Excel, plans leave as JSON, GeoJSON or Excel.

An adapter, because files are the outside: it knows the engine's dataclasses and tables that people
bring, but no database. The command line uses it without an installation.
"""
