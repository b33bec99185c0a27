"""Honours: chosen by nomination and secret vote, kept in a register; what media reported."""
