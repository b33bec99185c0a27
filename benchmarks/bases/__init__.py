"""How quickly the tree, the figures and the gaps of a whole city's bases are there."""
