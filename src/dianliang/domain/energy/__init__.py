"""Numbers that the company states about energy and carbon, and the factors behind them."""
