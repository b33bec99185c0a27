"""Every write to the register of key customers and to the following of their supply."""
