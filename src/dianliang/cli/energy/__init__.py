"""``dianliang energy``: readings of meters in, their quality, features, loads of transformers."""
