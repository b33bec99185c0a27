"""What others may know about delegated powers: where they hold, and how they were used."""

from collections import Counter
from dataclasses import dataclass
from datetime import date

from django.db.models import Q, QuerySet

from dianliang.domain.directory.models import Delegation, EnforcementCase, PowerKind
from dianliang.domain.directory.powers import MEASURES
from dianliang.domain.directory.scope import areas_of
from dianliang.domain.territory.models import Area
from dianliang.domain.territory.queries import ancestors, spoken_name
from dianliang.kernel.actor import Actor, Role
from dianliang.kernel.errors import NotVisibleError

READERS = frozenset({Role.DISPATCHER, Role.ADMINISTRATOR})
SOON_DAYS = 90


@dataclass(frozen=True, slots=True, kw_only=True)
class DelegationRow:
    """A delegation as lists need it."""

    number: str
    kind_code: str
    kind_name: str
    area_code: str
    area_name: str
    authority: str
    document: str
    valid_from: date
    valid_until: date | None
    revoked_on: date | None
    is_in_force: bool
    ends_soon: bool
    cases: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PowerRow:
    """A kind of power with one figure for each township."""

    code: str
    name: str
    group_label: str
    legal_basis: str
    to_check: str
    cells: tuple[tuple[str, DelegationRow | None, int], ...]
    cases: int

    @property
    def townships(self) -> int:
        """Return how many townships hold it now."""
        return sum(1 for _, row, _ in self.cells if row is not None and row.is_in_force)


@dataclass(frozen=True, slots=True, kw_only=True)
class PowerPage:
    """Powers × townships, with what was delegated and how often it was used since a day."""

    rows: tuple[PowerRow, ...]
    towns: tuple[tuple[str, str, int], ...]
    delegations: tuple[DelegationRow, ...]
    kinds_in_force: int
    cases: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseRow:
    """A case in which a power was used; `photos` are tokens."""

    number: str
    on: date
    area_name: str
    place: str
    found: str
    measure_label: str
    outcome: str
    outcome_label: str
    outcome_words: str
    photos: tuple[str, ...]
    recorded_by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DelegationFile:
    """One delegation with its cases, and what a new case may name."""

    row: DelegationRow
    legal_basis: str
    to_check: str
    scope: str
    measures: tuple[tuple[str, str], ...]
    villages: tuple[tuple[str, str], ...]
    cases: tuple[CaseRow, ...]


def page(*, by: Actor, since: date, on: date) -> PowerPage:
    """Return powers × townships of the actor, cases counted from `since` to `on`."""
    towns = list(areas_of(by).filter(level=Area.Level.TOWNSHIP).order_by("path"))
    cases = EnforcementCase.objects.filter(
        delegation__in=visible(by), on__gte=since, on__lte=on
    ).values_list("delegation__kind__code", "delegation__area__code", "delegation_id")
    used = Counter((kind, town) for kind, town, _ in cases)
    per_row = Counter(pk for _, _, pk in cases)
    rows = [_row(d, cases=per_row[d.pk], on=on) for d in _told(visible(by))]
    newest: dict[tuple[str, str], DelegationRow] = {}
    for row in sorted(rows, key=lambda row: (row.is_in_force, row.valid_from)):
        newest[row.kind_code, row.area_code] = row
    kinds = [
        PowerRow(
            code=kind.code,
            name=kind.name,
            group_label=kind.get_group_display(),
            legal_basis=kind.legal_basis,
            to_check=kind.to_check,
            cells=tuple(
                (town.name, newest.get((kind.code, town.code)), used[kind.code, town.code])
                for town in towns
            ),
            cases=sum(used[kind.code, town.code] for town in towns),
        )
        for kind in PowerKind.objects.filter(is_active=True)
    ]
    return PowerPage(
        rows=tuple(kinds),
        towns=tuple(
            (town.code, town.name, sum(n for (_, code), n in used.items() if code == town.code))
            for town in towns
        ),
        delegations=tuple(rows),
        kinds_in_force=len({row.kind_code for row in rows if row.is_in_force}),
        cases=len(cases),
    )


def powers_of(*, area: Area, on: date) -> tuple[DelegationRow, ...]:
    """Return the powers that the township of an area may use on a day."""
    found = Delegation.objects.filter(_in_force(on), area__path__in=ancestors(area))
    counts = Counter(
        EnforcementCase.objects.filter(delegation__in=found).values_list("delegation_id", flat=True)
    )
    return tuple(_row(d, cases=counts[d.pk], on=on) for d in _told(found))


def file(number: str, *, by: Actor, on: date) -> DelegationFile:
    """Return one delegation with its cases.

    Raises:
        NotVisibleError: absent, or not of the actor's areas.
    """
    delegation = to_use(number, by=by)
    cases = tuple(_case(case) for case in _cases(delegation))
    villages = Area.objects.filter(path__startswith=delegation.area.path).order_by("path")
    return DelegationFile(
        row=_row(delegation, cases=len(cases), on=on),
        legal_basis=delegation.kind.legal_basis,
        to_check=delegation.kind.to_check,
        scope=delegation.scope,
        measures=tuple((code, MEASURES[code]) for code in delegation.measures if code in MEASURES),
        villages=tuple((area.code, spoken_name(area.name)) for area in villages),
        cases=cases,
    )


def to_use(number: str, *, by: Actor) -> Delegation:
    """Return a delegation of the actor's areas.

    Raises:
        NotVisibleError: absent, or another's.
    """
    found = _told(visible(by).filter(number=number)).first()
    if found is None:
        raise NotVisibleError("没有找到这项权限。")
    return found


def shows_photo(number: str, token: str, *, by: Actor) -> bool:
    """Tell whether a photo belongs to a case of a delegation that the actor may see."""
    cases = EnforcementCase.objects.filter(delegation__in=visible(by), delegation__number=number)
    return cases.filter(photos__token=token).exists()


def visible(by: Actor) -> QuerySet[Delegation]:
    """Return the delegations to the townships of the actor's units."""
    if by.role not in READERS:
        return Delegation.objects.none()
    return Delegation.objects.filter(area__in=areas_of(by))


def _told(delegations: QuerySet[Delegation]) -> QuerySet[Delegation]:
    return delegations.select_related("kind", "area").order_by("kind__position", "area__path")


def _in_force(on: date) -> Q:
    return (
        Q(valid_from__lte=on)
        & (Q(valid_until=None) | Q(valid_until__gte=on))
        & (Q(revoked_on=None) | Q(revoked_on__gt=on))
    )


def _row(delegation: Delegation, *, cases: int, on: date) -> DelegationRow:
    until, revoked = delegation.valid_until, delegation.revoked_on
    has_begun = delegation.valid_from <= on
    is_over = (until is not None and until < on) or (revoked is not None and revoked <= on)
    in_force = has_begun and not is_over
    return DelegationRow(
        number=delegation.number,
        kind_code=delegation.kind.code,
        kind_name=delegation.kind.name,
        area_code=delegation.area.code,
        area_name=delegation.area.name,
        authority=delegation.authority,
        document=delegation.document,
        valid_from=delegation.valid_from,
        valid_until=until,
        revoked_on=revoked,
        is_in_force=in_force,
        ends_soon=in_force and until is not None and (until - on).days <= SOON_DAYS,
        cases=cases,
    )


def _cases(delegation: Delegation) -> QuerySet[EnforcementCase]:
    return delegation.cases.select_related("area").prefetch_related("photos")


def _case(case: EnforcementCase) -> CaseRow:
    return CaseRow(
        number=case.number,
        on=case.on,
        area_name=spoken_name(case.area.name),
        place=case.place,
        found=case.found,
        measure_label=MEASURES.get(case.measure, case.measure),
        outcome=case.outcome,
        outcome_label=case.get_outcome_display(),
        outcome_words=case.outcome_words,
        photos=tuple(photo.token for photo in case.photos.all()),
        recorded_by=case.recorded_by,
    )
