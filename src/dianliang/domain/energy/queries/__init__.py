"""Every read about claims and factors."""
