"""Full-text search in Chinese, exact for every length.

Overlapping pairs of characters are made here; SQLite FTS5 and PostgreSQL hold the same tokens.
"""

import re
from collections.abc import Iterable

from django.db import connection
from django.db.models import QuerySet

from dianliang.domain.intake.models import Need, Participant
from dianliang.domain.intake.tokens import phone_key

MOST_HITS = 5000
_NUMBER = re.compile(r"xq\d{6}(-\d{1,8})?")
_NUMBER_END = re.compile(r"\d{4,8}")
"""What people read out of `XQ261124-0007`: all of it, or the end."""
_PHONE = re.compile(r"\+?[\d-]{7,20}")
"""Telephone numbers are encrypted: they are found whole, by their blind index, or not at all."""
_RUN = re.compile(r"[\u3400-\u9fff]+|[a-z0-9]+")


def pairs(text: str) -> str:
    """Return the overlapping pairs of Chinese runs, and whole words of others, in order."""
    tokens: list[str] = []
    for run in _RUN.findall(text.lower()):
        if run[0] < "\u3400":
            tokens.append(run)
        else:
            tokens += [run[i : i + 2] for i in range(max(1, len(run) - 1))]
    return " ".join(tokens)


def singles(text: str) -> str:
    """Return the distinct Chinese characters of a text."""
    return " ".join(sorted({c for c in text if "\u3400" <= c <= "\u9fff"}))


def index(needs: Iterable[Need], *, is_new: bool = False) -> None:
    """Write needs into the index, in the caller's transaction; new ones replace nothing."""
    rows = [
        (
            need.pk,
            pairs(
                f"{need.text} {need.address} {need.area.name}"
                f" {need.service.name if need.service else ''}"
            ),
            singles(f"{need.text}{need.address}{need.area.name}"),
        )
        for need in needs
    ]
    with connection.cursor() as cursor:
        if not is_new:
            stale = [(row[0],) for row in rows]
            cursor.executemany("DELETE FROM intake_search WHERE rowid = %s", stale)
        cursor.executemany(_INSERT[connection.vendor], rows)


_INSERT = {
    "sqlite": "INSERT INTO intake_search (rowid, pairs, singles) VALUES (%s, %s, %s)",
    "postgresql": (
        "INSERT INTO intake_search (rowid, pairs, singles) VALUES"
        " (%s, to_tsvector('simple', %s), to_tsvector('simple', %s))"
    ),
}


def matching(words: str) -> list[int]:
    """Return the keys of needs that contain every word given, newest first."""
    parts = [part for part in words.lower().split() if _RUN.search(part)][:8]
    if not parts:
        return []
    found: set[int] | None = None
    for part in parts:
        hits = set(_hits(part))
        found = hits if found is None else found & hits
    return sorted(found or (), reverse=True)


def pieces(text: str, words: str, *, most: int = 90) -> tuple[tuple[str, bool], ...]:
    """Cut a text into pieces that were searched for and others, from near the first hit on.

    A long text is shown around what was found, so that a reader sees why it is in the list.
    """
    parts = sorted({part for part in words.lower().split() if part}, key=len, reverse=True)
    found = re.compile("|".join(map(re.escape, parts))) if parts else None
    first = found.search(text.lower()) if found else None
    start = max(0, first.start() - most // 3) if first and first.end() > most else 0
    shown = ("…" if start else "") + text[start : start + most]
    shown += "…" if start + most < len(text) else ""
    if found is None:
        return ((shown, False),)
    made, at = list[tuple[str, bool]](), 0
    for hit in found.finditer(shown.lower()):
        made += [(shown[at : hit.start()], False), (shown[hit.start() : hit.end()], True)]
        at = hit.end()
    return tuple(piece for piece in [*made, (shown[at:], False)] if piece[0])


def _hits(part: str) -> list[int]:
    if _PHONE.fullmatch(part) and len(re.sub(r"\D", "", part)) >= 7:
        asked = Participant.objects.filter(phone_index=phone_key(part))
        return [*asked.order_by("-need_id").values_list("need_id", flat=True), *_worded(part)]
    if _NUMBER.fullmatch(part):
        return _keys(Need.objects.filter(number__startswith=part.upper()))
    if _NUMBER_END.fullmatch(part):
        return [*_keys(Need.objects.filter(number__endswith=f"-{part}")), *_worded(part)]
    return _worded(part)


def _keys(needs: QuerySet[Need]) -> list[int]:
    return list(needs.order_by("-pk").values_list("pk", flat=True)[:MOST_HITS])


def _worded(part: str) -> list[int]:
    is_single = len(part) == 1 and part >= "\u3400"
    column, tokens = ("singles", part) if is_single else ("pairs", pairs(part))
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            sql = "SELECT rowid FROM intake_search WHERE intake_search MATCH %s"
            asked = f'{column} : "{tokens}"'
        else:
            query = "phraseto_tsquery" if column == "pairs" else "plainto_tsquery"
            sql = f"SELECT rowid FROM intake_search WHERE {column} @@ {query}('simple', %s)"  # noqa: S608 (both names are ours)
            asked = tokens
        cursor.execute(f"{sql} ORDER BY rowid DESC LIMIT {MOST_HITS}", [asked])
        return [row[0] for row in cursor.fetchall()]
