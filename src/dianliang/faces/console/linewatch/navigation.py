"""Where cameras stand in the bars, and who reads them."""

from dianliang.domain.linewatch.access import READERS
from dianliang.faces.console.entries import Entry

WATCH: tuple[Entry, ...] = (
    Entry(
        label="摄像机",
        to="console:watch",
        pages=(
            *("console:watch", "console:watch_camera", "console:watch_zones"),
            *("console:watch_register", "console:watch_rules", "console:watch_source"),
            *("console:watch_move", "console:watch_decide", "console:watch_sign"),
        ),
        roles=READERS,
    ),
    Entry(
        label="守护事件",
        to="console:watch_events",
        pages=(
            *("console:watch_events", "console:watch_event"),
            *("console:watch_answer", "console:watch_send"),
        ),
        roles=READERS,
    ),
    Entry(label="守护周报", to="console:watch_week", pages=("console:watch_week",), roles=READERS),
    Entry(
        label="画面删除",
        to="console:watch_deletions",
        pages=("console:watch_deletions",),
        roles=READERS,
    ),
)
"""Cameras under lines (线路守护)."""
