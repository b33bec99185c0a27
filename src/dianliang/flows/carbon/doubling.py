"""Refuse activity entered twice, and certificates redeemed twice, however they are spelt."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from dianliang.core.checks import Checks
from dianliang.core.sheets import SheetRow
from dianliang.domain.energy.models import CarbonEntry
from dianliang.domain.energy.operations.carbon import EntryDraft
from dianliang.flows.carbon.categories import OF_ENERGY
from dianliang.kernel.phrases import Phrase
from dianliang.kernel.text import spelling_free

Made = Sequence[tuple[SheetRow, EntryDraft]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """Days of a place and carrier: of a row of the table, or of an entry (`row` is None)."""

    from_on: date
    until_on: date
    where: str
    words: str
    row: SheetRow | None = None


def refuse_overlaps(
    made: Made, checks: Checks, *, heading: str, kept: Iterable[CarbonEntry] = ()
) -> None:
    """Complain about rows whose days overlap those of another row or of an entry.

    One place and carrier are one thing, whatever scope a row names; only the upstream of energy
    (category 3 of scope 3) stands beside the energy itself. Cost: sorting.
    """
    spans: dict[tuple[str, str], list[Span]] = {}
    for entry in kept:
        span = _span(entry, where=Phrase("分录 %(number)s", number=entry.number))
        spans.setdefault(_key(entry), []).append(span)
    for row, draft in made:
        if not draft.certificate:
            span = _span(draft, where=Phrase("第 %(number)s 行", number=row.number), row=row)
            spans.setdefault(_key(draft), []).append(span)
    told: set[int] = set()
    for group in spans.values():
        for later, earlier in _overlapping(sorted(group, key=lambda one: one.from_on)):
            if later.row is None or later.row.number in told:
                continue
            told.add(later.row.number)
            days = Phrase(
                "%(from_on)s 至 %(until_on)s", from_on=earlier.from_on, until_on=earlier.until_on
            )
            words = Phrase(
                "%(words)s与%(where)s（%(days)s）重叠，会重复计算。",
                words=later.words,
                where=earlier.where,
                days=days,
            )
            checks.add(later.row, words, heading)


def refuse_redeemed(made: Made, checks: Checks, *, heading: str, used: Iterable[str] = ()) -> None:
    """Complain about certificates that were redeemed, or that come twice in the table."""
    seen = {spelling_free(number): "" for number in used}
    for row, draft in made:
        key = spelling_free(draft.certificate)
        if not key:
            continue
        if key in seen:
            where = seen[key] or "已经核销过"
            checks.add(
                row,
                Phrase(
                    "绿证 %(certificate)s %(where)s。", certificate=draft.certificate, where=where
                ),
                heading,
            )
        seen.setdefault(key, Phrase("与第 %(number)s 行重复", number=row.number))


def _key(one: CarbonEntry | EntryDraft) -> tuple[str, str]:
    beside = str(one.category) if one.category == OF_ENERGY else ""
    return spelling_free(one.place), spelling_free(one.carrier) + beside


def _span(one: CarbonEntry | EntryDraft, *, where: str, row: SheetRow | None = None) -> Span:
    words = Phrase("%(place)s的%(carrier)s", place=one.place, carrier=one.carrier)
    return Span(from_on=one.from_on, until_on=one.until_on, where=where, words=words, row=row)


def _overlapping(spans: Sequence[Span]) -> Iterable[tuple[Span, Span]]:
    """Yield pairs that overlap, whom to blame first: a row before an entry, the lower row last."""
    longest: Span | None = None
    for span in spans:
        if longest is not None and span.from_on < longest.until_on:
            yield _blamed_first(span, longest)
        if longest is None or span.until_on > longest.until_on:
            longest = span


def _blamed_first(one: Span, other: Span) -> tuple[Span, Span]:
    numbers = [span.row.number if span.row else 0 for span in (one, other)]
    return (one, other) if numbers[0] >= numbers[1] else (other, one)
