"""Find what is counted twice: between lines, between accounts, between a claim and its whole."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise

from dianliang.engines.carbon._lines import Activity
from dianliang.kernel.phrases import Phrase
from dianliang.kernel.text import spelling_free

OF_ENERGY = 3
"""The category of scope 3 that holds the upstream of what scopes 1 and 2 count."""


class DoubleKind(StrEnum):
    """How something is counted twice."""

    WITHIN = "within"
    BETWEEN = "between"
    PARENT = "parent"


@dataclass(frozen=True, slots=True, kw_only=True)
class Double:
    """Two lines that count the same thing for some days; `days` is 0 between part and whole."""

    kind: DoubleKind
    first: str
    second: str
    days: int
    words: str
    english: str


def doubles(
    activities: Sequence[Activity], *, parents: Mapping[str, str] | None = None
) -> tuple[Double, ...]:
    """Return every pair of lines about the same carrier and place whose days overlap.

    Places and carriers are compared without regard to spelling. In one account the scope does not
    matter: one meter under two scopes is counted twice. Two accounts may hold one place in
    different scopes (the seller's scope 1 is the buyer's scope 2): that is no double (GHG Protocol
    Corporate Standard, chapter 4). Nor is the upstream of energy beside the energy (category 3 of
    the Scope 3 Standard excludes what scopes 1 and 2 count). `parents` maps the number of a line
    to that of one that it is part of: both in one account are counted twice.

    Cost: sorting, and the pairs that overlap.
    """
    found: list[Double] = []
    groups: dict[tuple[str, str, bool], list[Activity]] = {}
    for line in activities:
        is_beside = line.scope == 3 and line.category == OF_ENERGY
        key = spelling_free(line.place), spelling_free(line.carrier), is_beside
        groups.setdefault(key, []).append(line)
    for lines in groups.values():
        found += _overlaps(sorted(lines, key=lambda one: (one.from_on, one.number)))
    return (*found, *_parts(activities, parents or {}))


def _overlaps(lines: Sequence[Activity]) -> list[Double]:
    if all(first.until_on <= second.from_on for first, second in pairwise(lines)):
        return []
    found = []
    for number, first in enumerate(lines):
        for second in lines[number + 1 :]:
            if second.from_on >= first.until_on:
                break
            if first.account == second.account or first.scope == second.scope:
                found.append(_double(first, second))
    return found


def _double(first: Activity, second: Activity) -> Double:
    days = (min(first.until_on, second.until_on) - second.from_on).days
    is_within = first.account == second.account
    where = Phrase("同一账户")
    if not is_within:
        where = Phrase("“%(a)s”和“%(b)s”两个账户", a=first.account, b=second.account)
    return Double(
        kind=DoubleKind.WITHIN if is_within else DoubleKind.BETWEEN,
        first=first.number,
        second=second.number,
        days=days,
        words=Phrase(
            "%(where)s里，%(place)s 的%(carrier)s有 %(days)s 天记了两次：%(first)s、%(second)s。",
            where=where,
            place=first.place,
            carrier=first.carrier,
            days=days,
            first=first.number,
            second=second.number,
        ),
        english=f"{first.number} and {second.number} share {days} days of one place",
    )


def _parts(activities: Sequence[Activity], parents: Mapping[str, str]) -> list[Double]:
    accounts = {line.number: line.account for line in activities}
    return [
        Double(
            kind=DoubleKind.PARENT,
            first=whole,
            second=part,
            days=0,
            words=Phrase(
                "%(part)s 已计入 %(whole)s，两条都在“%(account)s”里。",
                part=part,
                whole=whole,
                account=accounts[part],
            ),
            english=f"{part} is part of {whole}, and both are counted",
        )
        for part, whole in parents.items()
        if part in accounts and accounts.get(whole) == accounts[part]
    ]
