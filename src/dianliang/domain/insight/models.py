"""No tables yet: figures are computed from records."""
