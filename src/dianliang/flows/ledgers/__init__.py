"""Journeys of the books: balances and what is behind them, points from records, donations."""
