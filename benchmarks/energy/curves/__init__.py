"""Features and overload runs of a month of readings: ours, DuckDB, Polars, on the same files."""
