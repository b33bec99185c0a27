"""Where the pages about employees' appeals stand in the bars."""

from dianliang.domain.voices.access import COUNTERS
from dianliang.domain.voices.lifecycle import HANDLERS
from dianliang.faces.console.entries import Entry

COUNTS = Entry(
    label="诉求统计",
    to="console:voice_counts",
    pages=("console:voice_counts", "console:voice_keep"),
    roles=COUNTERS,
)
"""Part of the section of party branches (党建)."""
DESK = Entry(
    label="诉求专办",
    to="console:voices",
    pages=(
        "console:voices",
        "console:voice",
        "console:voice_interview",
        "console:voice_act",
    ),
    roles=frozenset(HANDLERS),
)
"""What concerns a named handler (我的)."""
