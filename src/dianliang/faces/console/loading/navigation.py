"""Where the pages about transformers stand in the bars."""

from dianliang.faces.console.entries import Entry
from dianliang.kernel.actor import Role

READERS = frozenset({Role.DISPATCHER, Role.PARTY_AFFAIRS, Role.COMMANDER, Role.ADMINISTRATOR})
LOADING: tuple[Entry, ...] = (
    Entry(label="重过载", to="console:loading", pages=("console:loading*",), roles=READERS),
)
"""Transformers and what relieves them."""
