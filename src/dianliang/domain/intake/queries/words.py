"""Who stands behind needs, and what each of them said last: not what was asked for at first."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, F, Max, Value

from dianliang.domain.intake.models import Message, Participant, Rating

COLUMNS = ("sort", "of", "who", "when", "said")


@dataclass(frozen=True, slots=True, kw_only=True)
class Voices:
    """The people behind a need: how many, and the latest words of each, newest first."""

    people: int = 0
    words: tuple[str, ...] = ()


def voices(needs: Iterable[int]) -> dict[int, Voices]:
    """Return who stands behind each of some needs, by key; one query.

    Words are a message, a rating's comment, or what somebody wrote when he joined.
    """
    of = list(needs)
    if not of:
        return {}
    people: dict[int, int] = {}
    last: dict[tuple[int, int], tuple[datetime, str]] = {}
    for sort, need, who, when, words in sorted(_rows(of), key=lambda row: row[3]):
        if sort == "people":
            people[need] = who
        else:
            last[need, who or 0] = when, words
    told: dict[int, list[tuple[datetime, str]]] = {}
    for (need, _), said in last.items():
        told.setdefault(need, []).append(said)
    return {
        need: Voices(
            people=people.get(need, 0),
            words=tuple(words for _, words in sorted(told.get(need, ()), reverse=True)),
        )
        for need in {*people, *told}
    }


def _rows(of: list[int]) -> Iterable[tuple[str, int, int, datetime, str]]:
    """Return people counted and words said, in one: a list must not ask once for each."""
    everybody = Participant.objects.filter(need__in=of)
    people = everybody.order_by().values(of=F("need_id"))
    counted = people.annotate(
        sort=Value("people"), who=Count("pk"), when=Max("joined_at"), said=Value("")
    )
    joined = (
        everybody.filter(is_first=False)
        .exclude(text="")
        .annotate(
            sort=Value("words"), of=F("need_id"), who=F("pk"), when=F("joined_at"), said=F("text")
        )
    )
    said = (
        Message.objects.filter(need__in=of, from_public=True)
        .exclude(text="")
        .annotate(
            sort=Value("words"),
            of=F("need_id"),
            who=F("participant"),
            when=F("at"),
            said=F("text"),
        )
    )
    rated = (
        Rating.objects.filter(participant__need__in=of)
        .exclude(words="")
        .annotate(
            sort=Value("words"),
            of=F("participant__need"),
            who=F("participant"),
            when=F("rated_at"),
            said=F("words"),
        )
    )
    parts = [part.order_by().values_list(*COLUMNS) for part in (joined, rated, said)]
    return counted.values_list(*COLUMNS).union(*parts, all=True)
