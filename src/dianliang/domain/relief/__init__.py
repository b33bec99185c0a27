"""Overloaded transformers: what was judged of them, what is proposed, decided, built."""
