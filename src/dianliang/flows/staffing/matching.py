"""Who of a workbook is there already: surely, perhaps, or not."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from dianliang.domain.workforce import keys, register
from dianliang.domain.workforce.merging import found_by
from dianliang.domain.workforce.models import Person
from dianliang.domain.workforce.twin_book import known
from dianliang.domain.workforce.twins import (
    REASONS,
    SAME_PHONE,
    Known,
    Twin,
    plain_name,
    twins,
)
from dianliang.flows.staffing.drafts import PersonLine
from dianliang.kernel.actor import Actor
from dianliang.kernel.phrases import Phrase

NEW, BY_NUMBER, SURE, DOUBTFUL = "new", "number", "sure", "doubtful"
KINDS = {NEW: "新建", BY_NUMBER: "编号相同，更新", SURE: "已有此人，补空缺", DOUBTFUL: "疑似已有"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """Somebody who is there and may be meant."""

    number: str
    name: str
    unit_name: str
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """What a row means: `number` is who is there for sure, `candidates` who perhaps."""

    kind: str
    number: str = ""
    candidates: tuple[Candidate, ...] = ()
    complaint: str = ""


def match(lines: Iterable[PersonLine], *, by: Actor) -> Mapping[int, Match]:
    """Return for each row of the sheet of people whom it means. A handful of queries for all."""
    rows = list(lines)
    units = dict(register.units_of(by).values_list("code", "pk"))
    people = {person.pk: person for person in register.visible(by).select_related("unit")}
    taken = {(p.document_kind, p.document_index): p.pk for p in people.values()}
    stored = [known(person) for person in people.values()]
    asked = [_asked(line, units, place) for place, line in enumerate(rows)]
    found: dict[int, list[Twin]] = {}
    for twin in twins([*stored, *asked]):
        if twin.first < 0 < twin.second:
            found.setdefault(twin.first, []).append(twin)
    return {
        line.row: _match(line, found.get(-1 - place, []), people, taken, by=by)
        for place, line in enumerate(rows)
    }


def _match(
    line: PersonLine,
    found: list[Twin],
    people: Mapping[int, Person],
    taken: Mapping[tuple[str, str], int],
    *,
    by: Actor,
) -> Match:
    marked = _by_number(line, by=by) or _by_document(line, people, taken)
    if marked is not None or not found:
        return marked or Match(kind=NEW)
    sure = [twin for twin in found if _is_same(line, people[twin.second], twin)]
    if len(sure) == 1 and not line.number:
        return Match(kind=SURE, number=people[sure[0].second].number)
    return Match(
        kind=DOUBTFUL,
        candidates=tuple(_candidate(people[twin.second], twin) for twin in found),
    )


def _by_number(line: PersonLine, *, by: Actor) -> Match | None:
    own = found_by(line.number) if line.number else None
    if own is None:
        return None
    if not by.reaches_unit(own.unit.path):
        return Match(kind=NEW, complaint=f"人员编号 {line.number} 是其他单位的，请改正。")
    return Match(kind=BY_NUMBER, number=own.number)


def _by_document(
    line: PersonLine, people: Mapping[int, Person], taken: Mapping[tuple[str, str], int]
) -> Match | None:
    index = keys.document_key(line.document_kind, line.document)
    if not index:
        return None
    pk = taken.get((line.document_kind, index))
    if pk is not None:
        return Match(kind=SURE, number=people[pk].number)
    elsewhere = Person.objects.filter(document_kind=line.document_kind, document_index=index)
    if elsewhere.exists():
        words = Phrase("这个证件号码已登记在其他单位，请联系上级单位核对。")
        return Match(kind=NEW, complaint=words)
    return None


def _is_same(line: PersonLine, person: Person, twin: Twin) -> bool:
    """Tell whether phone and name agree, in whichever unit the person is kept."""
    is_named = plain_name(line.name) == plain_name(person.whole_name)
    return SAME_PHONE in twin.reasons and is_named


def _candidate(person: Person, twin: Twin) -> Candidate:
    return Candidate(
        number=person.number,
        name=person.name,
        unit_name=person.unit.name,
        reasons=tuple(REASONS[reason] for reason in twin.reasons),
    )


def _asked(line: PersonLine, units: Mapping[str, int], place: int) -> Known:
    """Return a row as somebody to compare, under a key that no stored person has."""
    index = keys.document_key(line.document_kind, line.document)
    return Known(
        key=-1 - place,
        name=line.name,
        unit_id=units.get(line.unit_code, 0),
        phone=keys.phone_key(line.phone),
        document=f"{line.document_kind}:{index}" if index else "",
    )
