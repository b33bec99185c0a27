"""The loop under load: accepting, listing, surviving."""
