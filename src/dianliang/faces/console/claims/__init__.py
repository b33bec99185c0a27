"""Pages of claims, and of the factors behind them."""
