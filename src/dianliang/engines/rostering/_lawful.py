"""Which rules a turn would break beside a person's other duties, and by how much."""

from collections.abc import Collection, Iterator, Sequence
from datetime import date, timedelta
from itertools import count

from dianliang.engines.rostering._model import Breach, Duty, Person, Rule, Rules, Turn
from dianliang.engines.rostering._spans import day_of, is_night, week_of
from dianliang.kernel.calendar import SHANGHAI
from dianliang.kernel.periods import TimeWindow
from dianliang.kernel.phrases import Phrase

A_DAY = timedelta(days=1)
A_DAY_S = 24 * 3600


def breaches(
    rules: Rules, person: Person, duty: Duty, others: Sequence[TimeWindow], *, is_exempt: bool
) -> Iterator[Breach]:
    """Yield what forbids a person a duty besides `others`, his other duties that count.

    An exempt turn is judged by presence alone; what it may overlap is in `others` all the same.
    """
    turn, window = Turn(duty_id=duty.id, person_id=person.id), duty.window
    away = next((each for each in person.away if each.overlaps(window)), None)
    if away is not None:
        yield Breach(rule=Rule.AWAY, turn=turn, words=Phrase("%(span)s不在岗", span=_span(away)))
    clash = next((each for each in others if each.overlaps(window)), None)
    if clash is not None:
        yield Breach(
            rule=Rule.OVERLAP, turn=turn, words=Phrase("同时在值 %(span)s", span=_span(clash))
        )
    if not is_exempt and away is None and clash is None:
        yield from _limits(rules, person, turn, window, others)


def _limits(
    rules: Rules, person: Person, turn: Turn, window: TimeWindow, others: Sequence[TimeWindow]
) -> Iterator[Breach]:
    between = [
        max(window.start - each.end, each.start - window.end, timedelta(0)) for each in others
    ]
    rest = min(between, default=rules.rest)
    if rest < rules.rest:
        words = Phrase(
            "距相邻班次只有 %(n)s 小时，少于 %(least)s 小时",
            n=_hours(rest),
            least=_hours(rules.rest),
        )
        lacks_s = int((rules.rest - rest).total_seconds())
        yield Breach(rule=Rule.REST, turn=turn, words=words, amount_s=lacks_s)
    limit_s = rules.week_s if person.week_s is None else person.week_s
    if limit_s is not None:
        week = [each for each in others if week_of(each) == week_of(window)]
        spent_s = sum(int(each.duration.total_seconds()) for each in (*week, window))
        if spent_s > limit_s:
            n, most = f"{spent_s / 3600:g}", f"{limit_s / 3600:g}"
            words = Phrase("本周将达 %(n)s 小时，超过 %(most)s 小时", n=n, most=most)
            yield Breach(rule=Rule.WEEK, turn=turn, words=words, amount_s=spent_s - limit_s)
    if rules.days is not None:
        row = run_through(day_of(window), {day_of(each) for each in others})
        if row > rules.days:
            words = Phrase("连续值班将达 %(n)d 天，超过 %(most)d 天", n=row, most=rules.days)
            more_s = A_DAY_S * (row - rules.days)
            yield Breach(rule=Rule.DAYS, turn=turn, words=words, amount_s=more_s)
    if rules.nights is not None and is_night(window):
        row = run_through(day_of(window), {day_of(each) for each in others if is_night(each)})
        if row > rules.nights:
            words = Phrase("连续夜班将达 %(n)d 个，超过 %(most)d 个", n=row, most=rules.nights)
            more_s = A_DAY_S * (row - rules.nights)
            yield Breach(rule=Rule.NIGHTS, turn=turn, words=words, amount_s=more_s)


def run_through(day: date, days: Collection[date]) -> int:
    """Return how many days in a row a day makes with others."""
    before = next(n for n in count(1) if day - n * A_DAY not in days) - 1
    after = next(n for n in count(1) if day + n * A_DAY not in days) - 1
    return before + 1 + after


def _span(window: TimeWindow) -> str:
    begin, end = (each.astimezone(SHANGHAI) for each in (window.start, window.end))
    until = f"{end:%H:%M}" if begin.date() == end.date() else f"{end:%m-%d %H:%M}"
    return f"{begin:%m-%d %H:%M}–{until}"


def _hours(span: timedelta) -> str:
    return f"{span.total_seconds() / 3600:g}"
