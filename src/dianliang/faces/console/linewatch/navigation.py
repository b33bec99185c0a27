"""Where cameras stand in the bars: one entry of the villages' section, with pages of its own."""

from dianliang.domain.linewatch.access import READERS
from dianliang.faces.console.entries import Entry

WATCH = Entry(label="线路守护", to="console:watch", pages=("console:watch*",), roles=READERS)
PAGES = (
    ("console:watch", "摄像机"),
    ("console:watch_events", "守护事件"),
    ("console:watch_week", "守护周报"),
    ("console:watch_deletions", "画面删除"),
)
"""The pages about cameras, as tabs on each of them."""
