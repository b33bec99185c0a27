"""Who seems to be in the register twice, side by side; and what was merged."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import overload

from django.db.models import Q

from dianliang.core.rows import Rows
from dianliang.domain.workforce.merging import FIELDS, LABELS
from dianliang.domain.workforce.models import NotTheSame, Person, PersonMerge
from dianliang.domain.workforce.register import PersonRow, rows_of, visible
from dianliang.domain.workforce.twins import REASONS, Known, Twin, twins
from dianliang.kernel.actor import Actor
from dianliang.kernel.masking import mask_account, mask_phone

LOCKED_FIELDS = frozenset({"phone", "document", "born"})
LOCKED = "（未成年人，不显示）"


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """Two rows that seem to be one person, and why."""

    first: PersonRow
    second: PersonRow
    reasons: tuple[str, ...]
    is_certain: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldRow:
    """One field of both, as it may be shown; `differs` asks for a choice."""

    field: str
    label: str
    first: str
    second: str
    differs: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class SideBySide:
    """Two people side by side with all that there is to choose."""

    first: PersonRow
    second: PersonRow
    fields: tuple[FieldRow, ...]
    reasons: tuple[str, ...]
    has_two_accounts: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class MergeRow:
    """One merge as the list shows it."""

    number: str
    gone_number: str
    gone_name: str
    kept_number: str
    kept_name: str
    into_number: str
    reason: str
    merged_at: datetime
    merged_by: str
    moved: tuple[tuple[str, int], ...]


class Pairs(Sequence[Pair]):
    """Pairs of which only those that somebody looks at are read."""

    def __init__(self, found: Sequence[Twin], *, on: date) -> None:
        """Keep who seems to be one; `on` is the day that is looked at."""
        self._found, self._on = found, on

    def __len__(self) -> int:
        """Count."""
        return len(self._found)

    @overload
    def __getitem__(self, place: int) -> Pair: ...

    @overload
    def __getitem__(self, place: slice) -> Sequence[Pair]: ...

    def __getitem__(self, place: int | slice) -> Pair | Sequence[Pair]:
        """Return one pair or some in a row."""
        if isinstance(place, slice):
            return _pairs(self._found[place], on=self._on)
        return _pairs([self._found[place]], on=self._on)[0]

    def __iter__(self) -> Iterator[Pair]:
        """Yield all."""
        return iter(_pairs(self._found, on=self._on))


def pairs(*, by: Actor, on: date) -> Pairs:
    """Return the pairs of the actor's people who seem to be one and of whom nobody has decided."""
    people = visible(by)
    apart = set(NotTheSame.objects.values_list("first_id", "second_id"))
    found = [pair for pair in _twins(people) if (pair.first, pair.second) not in apart]
    return Pairs(found, on=on)


def _pairs(found: Sequence[Twin], *, on: date) -> tuple[Pair, ...]:
    wanted = {key for pair in found for key in (pair.first, pair.second)}
    rows = _rows(wanted, on=on)
    return tuple(
        Pair(
            first=rows[pair.first],
            second=rows[pair.second],
            reasons=tuple(REASONS[reason] for reason in pair.reasons),
            is_certain=pair.is_certain,
        )
        for pair in found
    )


def side_by_side(first: Person, second: Person, *, on: date) -> SideBySide:
    """Return two people with the fields that can be chosen; details are masked."""
    rows = _rows({first.pk, second.pk}, on=on)
    low, high = sorted((first, second), key=lambda person: person.pk)
    reasons = next(iter(twins([known(low), known(high)])), None)
    return SideBySide(
        first=rows[first.pk],
        second=rows[second.pk],
        fields=tuple(
            FieldRow(
                field=field,
                label=LABELS[field],
                first=_shown(first, field),
                second=_shown(second, field),
                differs=any(getattr(first, c) != getattr(second, c) for c in columns),
            )
            for field, columns in FIELDS.items()
        ),
        reasons=tuple(REASONS[reason] for reason in reasons.reasons) if reasons else (),
        has_two_accounts=bool(first.user_id and second.user_id),
    )


def merges(*, by: Actor) -> Sequence[MergeRow]:
    """Return what was merged in the actor's units, the latest first."""
    rows = PersonMerge.objects.filter(
        Q(person__in=visible(by)) | Q(unit__path__startswith=by.unit_path or "?"),
    )
    return Rows(rows.select_related("person"), lambda some: tuple(map(_merge, some)))


def _merge(row: PersonMerge) -> MergeRow:
    return MergeRow(
        number=row.number,
        gone_number=row.gone_number,
        gone_name=row.gone_name,
        kept_number=row.person.number,
        kept_name=row.person.name,
        into_number=row.into_number,
        reason=row.reason,
        merged_at=row.merged_at,
        merged_by=row.merged_by,
        moved=tuple(row.moved.items()),
    )


def _twins(people: Iterable[Person]) -> tuple[Twin, ...]:
    return twins(known(person) for person in people)


def known(person: Person) -> Known:
    """Return what is compared of somebody in the register."""
    index = person.document_index
    return Known(
        key=person.pk,
        name=person.whole_name,
        unit_id=person.unit_id,
        phone=person.phone_index,
        document=f"{person.document_kind}:{index}" if index else "",
    )


def _rows(wanted: set[int], *, on: date) -> dict[int, PersonRow]:
    people = list(Person.objects.filter(pk__in=wanted).select_related("unit"))
    return dict(zip((p.pk for p in people), rows_of(people, on=on), strict=True))


def _shown(person: Person, field: str) -> str:
    is_minor = person.minor_until is not None
    kind = person.get_document_kind_display()
    shown = {
        "name": person.name,
        "phone": mask_phone(person.phone),
        "document": f"{kind} {mask_account(person.document)}" if person.document else "",
        "born": f"{person.born[:4]}-**-**" if person.born else "",
        "unit": person.unit.name,
        "title": person.title,
        "account": person.user.username if person.user else "",
    }[field]
    return LOCKED if is_minor and field in LOCKED_FIELDS and shown else shown
