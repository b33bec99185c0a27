"""What looks wrong with an hour record: rules with stated thresholds, each with what to do.

Pure: facts in, doubts out. A reviewer sees the same doubts that the operation asks him about.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time

from dianliang.kernel.calendar import SHANGHAI
from dianliang.kernel.phrases import Phrase

MOST_A_DAY_MIN = 8 * 60
"""Of one person on one day, all records together: a full working day. Our own default."""
FAR_M = 500
"""Between check-in and the place. Phones indoors are some hundred metres wrong. Our own default."""
SLACK_MIN = 10
"""So much longer than what the time comes from lasted is rounding."""
LATE_DAYS = 30
"""Between end and record: 民政部令第67号 wants records in time; the month is our own default."""
NIGHT_FROM, NIGHT_UNTIL = time(23), time(5)
"""Few serve at night, many mistake morning for evening when they type."""
MOST_SAME_DAYS = 3
"""So many declared records of one person, equally long and worded, look copied."""

RULES: Mapping[str, tuple[str, str]] = {
    "overlap": ("与本人另一条时长重叠", "核对两条来源，把重叠的部分核减，或不予认定其中一条。"),
    "day": ("当天合计超过 8 小时", "向队长核实当天的安排，写明理由后通过，或核减时段。"),
    "far": ("签到处离活动地点超过 500 米", "向队长核实人是否到场，写明理由，或不予认定。"),
    "no_check_out": ("只有签到，没有签退", "问清离开的时间，核减时段，并写明依据。"),
    "absent": ("申报的当天本人请假", "核对请假记录；请假确有其事的不予认定。"),
    "longer": ("比活动本身的时间长", "把时段核减到活动的起止之内。"),
    "late": ("结束 30 天以后才登记", "请申报人说明为什么现在才报，写明理由后通过。"),
    "night": ("落在 23 点到次日 5 点", "核对上午下午是否填反，确是夜间服务的写明理由。"),
    "copied": ("与本人多条申报时长、内容相同", "逐条核对佐证，重复的不予认定。"),
}
"""Each rule: what is wrong, and what to do about it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Other:
    """Another record of the same person, as far as the rules look at it."""

    number: str
    started_at: datetime
    ended_at: datetime
    minutes: int
    counts: bool
    is_declared: bool
    content: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """A record, and what else is known of its person around that day."""

    number: str
    started_at: datetime
    ended_at: datetime
    minutes: int
    entered_at: datetime
    is_declared: bool
    content: str
    source_min: int | None
    away_m: int | None
    lacks_check_out: bool
    is_absent: bool
    others: Sequence[Other] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Doubt:
    """Something that looks wrong. One that blocks cannot be explained away."""

    code: str
    reason: str
    todo: str
    detail: str
    blocks: bool = False


def doubts(facts: Facts) -> tuple[Doubt, ...]:
    """Return everything that looks wrong with a record, the gravest first."""
    found = [doubt for rule in _CHECKS for doubt in rule(facts)]
    return tuple(sorted(found, key=lambda doubt: not doubt.blocks))


def _doubt(code: str, detail: str, *, blocks: bool = False) -> Doubt:
    reason, todo = RULES[code]
    return Doubt(code=code, reason=reason, todo=todo, detail=detail, blocks=blocks)


def _overlap(facts: Facts) -> Iterator[Doubt]:
    for other in facts.others:
        shared = min(facts.ended_at, other.ended_at) - max(facts.started_at, other.started_at)
        if shared.total_seconds() > 0:
            minutes = int(shared.total_seconds() // 60)
            detail = Phrase(
                "%(number)s，重叠 %(minutes)s 分钟", number=other.number, minutes=minutes
            )
            yield _doubt("overlap", detail, blocks=other.counts)


def _day(facts: Facts) -> Iterator[Doubt]:
    day = facts.started_at.astimezone(SHANGHAI).date()
    same = [o for o in facts.others if o.started_at.astimezone(SHANGHAI).date() == day]
    total = facts.minutes + sum(other.minutes for other in same)
    if total > MOST_A_DAY_MIN:
        yield _doubt("day", Phrase("%(day)s 共 %(total)s 分钟", day=f"{day:%Y-%m-%d}", total=total))


def _far(facts: Facts) -> Iterator[Doubt]:
    if facts.away_m is not None and facts.away_m > FAR_M:
        yield _doubt("far", Phrase("%(away_m)s 米", away_m=facts.away_m))


def _no_check_out(facts: Facts) -> Iterator[Doubt]:
    if facts.lacks_check_out:
        yield _doubt("no_check_out", Phrase("暂按活动结束时间计"))


def _absent(facts: Facts) -> Iterator[Doubt]:
    if facts.is_absent:
        yield _doubt("absent", f"{facts.started_at.astimezone(SHANGHAI):%Y-%m-%d}")


def _longer(facts: Facts) -> Iterator[Doubt]:
    if facts.source_min is not None and facts.minutes > facts.source_min + SLACK_MIN:
        yield _doubt(
            "longer",
            Phrase(
                "活动 %(source_min)s 分钟，登记 %(minutes)s 分钟",
                source_min=facts.source_min,
                minutes=facts.minutes,
            ),
        )


def _late(facts: Facts) -> Iterator[Doubt]:
    days = (facts.entered_at - facts.ended_at).days
    if facts.is_declared and days > LATE_DAYS:
        yield _doubt("late", Phrase("晚了 %(days)s 天", days=days))


def _night(facts: Facts) -> Iterator[Doubt]:
    first, last = (at.astimezone(SHANGHAI) for at in (facts.started_at, facts.ended_at))
    is_night = first.time() >= NIGHT_FROM or first.time() < NIGHT_UNTIL
    is_night = is_night or last.time() > NIGHT_FROM or last.date() > first.date()
    if is_night:
        yield _doubt("night", f"{first:%H:%M}–{last:%H:%M}")


def _copied(facts: Facts) -> Iterator[Doubt]:
    if not facts.is_declared:
        return
    same = [
        other
        for other in facts.others
        if other.is_declared and (other.minutes, other.content) == (facts.minutes, facts.content)
    ]
    if len(same) >= MOST_SAME_DAYS:
        yield _doubt("copied", "、".join(other.number for other in same[:5]))


_CHECKS = (_overlap, _day, _far, _no_check_out, _absent, _longer, _late, _night, _copied)
