"""What people said last about needs that are still open: not what they asked for at first."""

from collections.abc import Iterable
from datetime import datetime

from dianliang.domain.intake.models import Message, Participant, Rating


def latest_words(numbers: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """Return each person's latest words about each of some needs; three queries.

    Words are a message, a rating's comment, or what somebody wrote when he joined.
    """
    of = list(numbers)
    last: dict[tuple[str, int], tuple[datetime, str]] = {}
    said = Message.objects.filter(need__number__in=of, from_public=True).exclude(text="")
    rated = Rating.objects.filter(participant__need__number__in=of).exclude(words="")
    joined = Participant.objects.filter(need__number__in=of, is_first=False).exclude(text="")
    rows = [
        *joined.values_list("need__number", "pk", "joined_at", "text"),
        *rated.values_list("participant__need__number", "participant", "rated_at", "words"),
        *said.values_list("need__number", "participant", "at", "text"),
    ]
    for number, who, at, words in sorted(rows, key=lambda row: row[2]):
        last[number, who or 0] = at, words
    found: dict[str, list[tuple[datetime, str]]] = {}
    for (number, _), told in last.items():
        found.setdefault(number, []).append(told)
    return {
        number: tuple(words for _, words in sorted(told, reverse=True))
        for number, told in found.items()
    }
