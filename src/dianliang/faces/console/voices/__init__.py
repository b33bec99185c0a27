"""Pages of employees' appeals."""
