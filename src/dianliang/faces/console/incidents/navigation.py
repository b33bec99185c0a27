"""Where the pages about emergencies stand in the bars."""

from dianliang.domain.incidents.access import FOLLOWERS, READERS, SOURCE_READERS
from dianliang.faces.console.entries import Entry

EMERGENCY: tuple[Entry, ...] = (
    Entry(
        label="事件",
        to="console:incidents",
        pages=("console:incident*",),
        roles=READERS,
    ),
    Entry(
        label="重要客户",
        to="console:key_customers",
        pages=("console:key_customer*",),
        roles=FOLLOWERS,
    ),
    Entry(
        label="供电跟踪",
        to="console:key_watches",
        pages=("console:key_watch*", "console:key_report*"),
        roles=FOLLOWERS,
    ),
    Entry(
        label="保电",
        to="console:guard_events",
        pages=("console:guard_*",),
        roles=FOLLOWERS,
    ),
    Entry(
        label="预警",
        to="console:public_alerts",
        pages=("console:public_alert*",),
        roles=READERS,
    ),
    Entry(
        label="发布的预警",
        to="console:bulletins",
        pages=("console:bulletin*",),
        roles=READERS,
    ),
    Entry(
        label="预警来源",
        to="console:alert_sources",
        pages=("console:alert_source*",),
        roles=SOURCE_READERS,
    ),
)
"""What threatens supply and people, and how it is answered (应急)."""
