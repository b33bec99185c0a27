"""A whole flood as an exercise: drawn, dispatched through the product, compared with other ways."""
