"""Proposals that relieve transformers, decisions about them, and what was measured since."""
