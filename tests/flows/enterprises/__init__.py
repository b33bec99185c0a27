"""From curves and contracts to findings, decisions and visits."""
