"""The load of transformers as measured, and what is done about it."""
