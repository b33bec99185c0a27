"""Gear and stores: what people do with them."""
