"""Where the pages about emergencies stand in the bars."""

from dianliang.faces.console.entries import Entry
from dianliang.kernel.actor import Role

LED_BY = frozenset({Role.DISPATCHER, Role.COMMANDER})
READ_BY = LED_BY | {Role.PARTY_AFFAIRS, Role.AUDITOR}

EMERGENCY: tuple[Entry, ...] = (
    Entry(
        label="事件",
        to="console:incidents",
        pages=("console:incident*",),
        roles=READ_BY,
    ),
    Entry(
        label="重要客户",
        to="console:key_customers",
        pages=("console:key_customer*",),
        roles=LED_BY,
    ),
    Entry(
        label="供电跟踪",
        to="console:key_watches",
        pages=("console:key_watch*", "console:key_report*"),
        roles=LED_BY,
    ),
    Entry(
        label="保电",
        to="console:guard_events",
        pages=("console:guard_*",),
        roles=LED_BY,
    ),
    Entry(
        label="预警",
        to="console:public_alerts",
        pages=("console:public_alert*",),
        roles=READ_BY,
    ),
    Entry(
        label="发布的预警",
        to="console:bulletins",
        pages=("console:bulletin*",),
        roles=READ_BY,
    ),
    Entry(
        label="预警来源",
        to="console:alert_sources",
        pages=("console:alert_source*",),
        roles=LED_BY | {Role.ADMINISTRATOR},
    ),
)
"""What threatens supply and people, and how it is answered (应急)."""
