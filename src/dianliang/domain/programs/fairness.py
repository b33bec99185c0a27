"""Who may grab, and whose bid comes first: the rules in figures, each said in words.

While an offer is young only teams with the fewest taken lately may grab it; after a grab a team
rests so that others have a chance; a team that did not come stays out for days.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from dianliang.kernel.calendar import SHANGHAI
from dianliang.kernel.phrases import Phrase


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """How a service is shared out; see `models.offers.ServiceWay`."""

    grace_min: int = 30
    recent_days: int = 30
    rest_min: int = 60
    no_show_days: int = 14
    bid_hours: int = 24
    ahead_days: int = 14


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How a team stands: what it took lately, when it took last, when it last did not come."""

    code: str
    name: str
    recent: int
    taken_at: datetime | None = None
    missed_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """Whether a team may grab now; if not, why, and from when."""

    may: bool
    words: str
    since: datetime | None = None


def may_grab(
    team: Standing,
    others: Iterable[Standing],
    *,
    grace_until: datetime | None,
    rules: Rules,
    at: datetime,
) -> Verdict:
    """Tell whether a team may grab an offer at a time.

    `others` are all teams that could do it. Teams that rest or stay out do not hold up the rest:
    the fewest is taken among those that may.
    """
    barred = _barred(team, rules=rules, at=at)
    if barred is not None:
        return barred
    if grace_until is None or at >= grace_until:
        return Verdict(may=True, words=Phrase("公平期已过，先抢先得"))
    able = [one.recent for one in others if _barred(one, rules=rules, at=at) is None]
    fewest = min([*able, team.recent])
    if team.recent > fewest:
        words = Phrase(
            "公平期内近 %(days)d 天承接最少的队先抢：本队 %(n)d 单，"
            "最少的 %(fewest)d 单；%(at)s 起不限",
            days=rules.recent_days,
            n=team.recent,
            fewest=fewest,
            at=_said(grace_until),
        )
        return Verdict(may=False, words=words, since=grace_until)
    words = Phrase("近 %(days)d 天承接 %(n)d 单，属最少", days=rules.recent_days, n=team.recent)
    return Verdict(may=True, words=words)


def _barred(team: Standing, *, rules: Rules, at: datetime) -> Verdict | None:
    if team.missed_at is not None:
        until = team.missed_at + timedelta(days=rules.no_show_days)
        if at < until:
            words = Phrase(
                "爽约后 %(days)d 天内不能抢单，%(at)s 恢复",
                days=rules.no_show_days,
                at=_said(until),
            )
            return Verdict(may=False, words=words, since=until)
    if team.taken_at is not None:
        until = team.taken_at + timedelta(minutes=rules.rest_min)
        if at < until:
            words = Phrase(
                "刚承接过，冷却 %(n)d 分钟，%(at)s 恢复", n=rules.rest_min, at=_said(until)
            )
            return Verdict(may=False, words=words, since=until)
    return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Tender:
    """A bid with what it is judged by."""

    team: Standing
    people: int
    at: datetime
    lacks: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """A bid in its place, with why."""

    code: str
    name: str
    can: bool
    reasons: tuple[str, ...]


def rank(tenders: Sequence[Tender], *, rules: Rules) -> tuple[Judged, ...]:
    """Return bids in order: who can, who took fewest, who sends most, who was first."""
    placed = sorted(
        tenders, key=lambda one: (bool(one.lacks), one.team.recent, -one.people, one.at)
    )
    return tuple(
        Judged(
            code=one.team.code,
            name=one.team.name,
            can=not one.lacks,
            reasons=(
                *((one.lacks,) if one.lacks else ()),
                Phrase("近 %(days)d 天承接 %(n)d 单", days=rules.recent_days, n=one.team.recent),
                Phrase("出 %(n)d 人", n=one.people),
                Phrase("%(at)s 提交", at=_said(one.at)),
            ),
        )
        for one in placed
    )


def explained(way: str, rules: Rules) -> str:
    """Say a way and its rules as people do."""
    if way == "grab":
        return Phrase(
            "发布后 %(grace)d 分钟内，近 %(days)d 天承接最少的队先抢；"
            "之后先抢先得，同时抢只有一队成功。"
            "抢到后冷却 %(rest)d 分钟，爽约停抢 %(stop)d 天。",
            grace=rules.grace_min,
            days=rules.recent_days,
            rest=rules.rest_min,
            stop=rules.no_show_days,
        )
    if way == "bid":
        return Phrase(
            "发布后 %(hours)d 小时内各队提交方案，到时才一起打开；"
            "按近 %(days)d 天承接少、出人多、提交早排序，不选最前的要写理由。",
            hours=rules.bid_hours,
            days=rules.recent_days,
        )
    if way == "self_book":
        return Phrase(
            "居民在网页上从队伍的空闲时间里自己选，可提前 %(days)d 天；同一时间只约给一户。",
            days=rules.ahead_days,
        )
    return Phrase("由单位指派队伍，写明理由；页面列出各队近期承接数供参考。")


def _said(at: datetime) -> str:
    return f"{at.astimezone(SHANGHAI):%m-%d %H:%M}"
