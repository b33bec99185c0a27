"""A whole flood: the product, a plain solver anew at each event, and rules by hand."""
