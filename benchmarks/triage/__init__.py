"""How well needs are understood, on outside data that does not ship."""
