"""Rules of themes in the demo county, applied, so that tables and reports show its records."""

from datetime import datetime

from dianliang.domain.catalog.theme_models import Theme, ThemeRule
from dianliang.flows.themes import marking
from dianliang.kernel.actor import SYSTEM, Actor

VENUES = ("community", "village", "enterprise", "school", "government")
RULES = (
    ("GC5-1", "activity", "words", "宣讲"),
    ("GC5-2", "activity", "words", "安全用电"),
    ("GC5-2", "activity", "words", "防汛用电"),
    ("GC5-2", "task", "words", "安全用电"),
    ("GC5-3", "activity", "words", "爱鸟"),
    ("GC5-4", "activity", "words", "垃圾分类"),
    ("GC5-4", "meeting", "words", "联席会议"),
    ("GC5-4", "result", "words", "走访"),
    ("GC5-5", "activity", "words", "独居老人"),
    ("GC5-5", "activity", "words", "便民"),
    ("GC5-5", "task", "words", "老人"),
    ("GC5-5", "campaign", "words", "千家"),
    ("SE5-1", "need", "service", "PWR-OUTAGE"),
    ("SE5-1", "visit", "service", "PWR-OUTAGE"),
    ("SE5-2", "activity", "words", "宣讲"),
    ("SE5-4", "activity", "words", "节能"),
    ("SE5-4", "need", "service", "PWR-SAVE"),
    ("WW5-1", "activity", "words", "独居老人"),
    ("WW5-2", "activity", "words", "课堂"),
    ("WW5-5", "activity", "words", "便民"),
    ("WW5-5", "activity", "words", "防汛"),
    ("WW5-5", "activity", "words", "垃圾分类"),
    ("XU3-2", "activity", "words", "宣讲"),
    ("XU3-3", "activity", "words", "便民"),
    *((f"ZJ5-{place}", "activity", "venue", venue) for place, venue in enumerate(VENUES, 1)),
    ("JI6-1", "activity", "venue", "government"),
    ("JI6-2", "activity", "venue", "school"),
    ("JI6-3", "activity", "venue", "village"),
    ("JI6-4", "activity", "venue", "community"),
    ("JI6-5", "activity", "venue", "enterprise"),
)


def build_themes(*, by: Actor, at: datetime) -> None:
    """Write the rules and apply them."""
    themes = {theme.code: theme for theme in Theme.objects.all()}
    ThemeRule.objects.bulk_create(
        ThemeRule(
            theme=themes[code],
            record_kind=kind,
            attribute=attribute,
            value=value,
            created_by=by.name,
            created_at=at,
            is_generated=True,
        )
        for code, kind, attribute, value in RULES
    )
    marking.apply_rules(by=SYSTEM, at=at)
