"""Who seems to be there twice: pairs with their reasons, for a person to decide."""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations

SAME_DOCUMENT, SAME_PHONE, SAME_NAME, LIKE_NAME = "document", "phone", "name", "like"
REASONS = {
    SAME_DOCUMENT: "证件号码相同",
    SAME_PHONE: "电话相同",
    SAME_NAME: "同单位同姓名",
    LIKE_NAME: "同单位姓名只差一字",
}
WEIGHTS = {SAME_DOCUMENT: 100, SAME_PHONE: 40, SAME_NAME: 30, LIKE_NAME: 10}
DOUBTFUL = 30
"""A name that differs by one character says too little alone: with the same phone it counts."""
CERTAIN = 70
MOST_IN_GROUP = 30
"""A phone that many give is a switchboard, and a name that many bear says nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What is compared of somebody. Phone and document are fingerprints, empty where not given.

    `document` begins with its kind and a colon.
    """

    key: int
    name: str
    unit_id: int
    phone: str = ""
    document: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Twin:
    """Two who seem to be one, and why. `score` is higher for what is surer."""

    first: int
    second: int
    reasons: tuple[str, ...]

    @property
    def score(self) -> int:
        """Return the weights of the reasons, added."""
        return sum(WEIGHTS[reason] for reason in self.reasons)

    @property
    def is_certain(self) -> bool:
        """Tell whether it is beyond doubt: one document, or one phone and one name."""
        return self.score >= CERTAIN


def twins(people: Iterable[Known]) -> tuple[Twin, ...]:
    """Return the pairs who seem to be one person, the surest first.

    Whoever shows two different documents of one kind is two people whatever else agrees. Time grows
    with the number of people and of pairs found, not with all pairs.
    """
    by_key = {person.key: person for person in people}
    found: dict[tuple[int, int], set[str]] = {}
    for reason, group in _groups(by_key.values()):
        if len(group) > MOST_IN_GROUP:
            continue
        for one, other in combinations(sorted(set(group)), 2):
            found.setdefault((one, other), set()).add(reason)
    pairs = [
        Twin(first=one, second=other, reasons=_ordered(reasons))
        for (one, other), reasons in found.items()
        if not _differ(by_key[one], by_key[other])
    ]
    kept = [pair for pair in pairs if pair.score >= DOUBTFUL]
    return tuple(sorted(kept, key=lambda pair: (-pair.score, pair.first, pair.second)))


def plain_name(name: str) -> str:
    """Return a name without space, dots and differences of width: what two spellings share."""
    return re.sub(r"[\s·•・.]", "", unicodedata.normalize("NFKC", name)).casefold()


def _groups(people: Iterable[Known]) -> Iterator[tuple[str, Sequence[int]]]:
    documents: dict[str, list[int]] = {}
    phones: dict[str, list[int]] = {}
    names: dict[tuple[int, str], list[int]] = {}
    likes: dict[tuple[int, str], list[int]] = {}
    for person in people:
        if person.document:
            documents.setdefault(person.document, []).append(person.key)
        if person.phone:
            phones.setdefault(person.phone, []).append(person.key)
        name = plain_name(person.name)
        if not name or "*" in name:
            continue
        names.setdefault((person.unit_id, name), []).append(person.key)
        for place in range(1, len(name)):
            key = (person.unit_id, f"{name[:place]}?{name[place + 1 :]}")
            likes.setdefault(key, []).append(person.key)
    for reason, groups in ((SAME_DOCUMENT, documents), (SAME_PHONE, phones)):
        yield from ((reason, group) for group in groups.values())
    same = set[tuple[int, int]]()
    for group in names.values():
        same |= set(combinations(sorted(group), 2)) if len(group) <= MOST_IN_GROUP else set()
        yield SAME_NAME, group
    for group in likes.values():
        if len(group) <= MOST_IN_GROUP:
            pairs = set(combinations(sorted(set(group)), 2)) - same
            yield from ((LIKE_NAME, pair) for pair in pairs)


def _differ(one: Known, other: Known) -> bool:
    kind, _, _ = one.document.partition(":")
    return bool(kind) and other.document.startswith(f"{kind}:") and one.document != other.document


def _ordered(reasons: set[str]) -> tuple[str, ...]:
    return tuple(reason for reason in WEIGHTS if reason in reasons)
