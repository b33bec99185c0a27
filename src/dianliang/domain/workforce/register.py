"""The register of people: who serves, as what, in which teams, with which certificates."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Exists, OuterRef, Q, QuerySet

from dianliang.core.rows import Rows
from dianliang.domain.catalog.models import Skill
from dianliang.domain.directory.models import Unit
from dianliang.domain.workforce import keys
from dianliang.domain.workforce.merging import found_by
from dianliang.domain.workforce.models import (
    Certificate,
    Membership,
    Person,
    PersonRole,
    RoleKind,
    Team,
    WeeklySlot,
)
from dianliang.domain.workforce.trees import below
from dianliang.kernel.actor import Actor, Role
from dianliang.kernel.errors import NotVisibleError
from dianliang.kernel.masking import mask_phone

WRITERS = frozenset({Role.DISPATCHER, Role.PARTY_AFFAIRS, Role.ADMINISTRATOR})
READERS = WRITERS | {Role.COMMANDER, Role.AUDITOR}
NOTICE_DAYS = 90
SHORTEST_PHONE = 7
DOCUMENTS = tuple((str(value), str(label)) for value, label in Person.DocumentKind.choices)
WEEKDAYS = tuple((int(value), str(label)) for value, label in WeeklySlot.Weekday.choices)
VIEWS = {"here": "在岗", "expiring": "证书将到期", "minors": "未成年人", "left": "已离岗"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Search:
    """What the register is cut by; empty means all. `days` is how soon a certificate ends."""

    view: str = "here"
    words: str = ""
    role: str = ""
    team: str = ""
    unit: str = ""
    skill: str = ""
    days: int = NOTICE_DAYS


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """The newest certificate of a skill: `tone` is ``good``, ``warn`` (ends soon), ``danger``."""

    skill_name: str
    level: int
    until: date
    tone: str
    state: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonRow:
    """A person as the register shows him."""

    number: str
    name: str
    phone: str
    unit_name: str
    title: str
    roles: tuple[str, ...]
    teams: tuple[str, ...]
    certificates: tuple[Held, ...]
    is_minor: bool
    is_active: bool

    @property
    def certificate_words(self) -> tuple[str, ...]:
        """Say each certificate in words, as a table holds it."""
        return tuple(f"{one.skill_name} {one.until} {one.state}" for one in self.certificates)


@dataclass(frozen=True, slots=True, kw_only=True)
class Register:
    """The people of a view, with the counts of all views."""

    rows: Sequence[PersonRow]
    counts: Mapping[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Choices:
    """What the register can be cut by."""

    roles: tuple[tuple[str, str], ...]
    teams: tuple[tuple[str, str], ...]
    units: tuple[tuple[str, str], ...]
    skills: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Ending:
    """A certificate that ends, or has ended, and that no newer one replaces."""

    person_number: str
    person_name: str
    unit_name: str
    teams: tuple[str, ...]
    skill_code: str
    skill_name: str
    level: int
    number: str
    expires_on: date
    days_left: int


def people(search: Search, *, by: Actor, on: date) -> Register:
    """Return the people of the actor's units; as many queries for 50 rows as for 5."""
    found = _cut(_searched(visible(by), search, on=on), search, on=on)
    shown = found.select_related("unit").order_by("number")
    counts = _counts(by, search, on=on)
    return Register(
        rows=Rows(shown, lambda some: rows_of(list(some), on=on), total=counts.get(search.view)),
        counts=counts,
    )


def choices(*, by: Actor, on: date) -> Choices:
    """Return what an actor may cut his register by."""
    units = Unit.objects.filter(path__startswith=by.unit_path or "?")
    teams = Team.objects.filter(unit__path__startswith=by.unit_path or "?", is_active=True)
    return Choices(
        roles=tuple(RoleKind.objects.filter(is_active=True).values_list("code", "name")),
        teams=tuple(teams.order_by("code").values_list("code", "name")),
        units=tuple(units.values_list("code", "name")),
        skills=tuple(Skill.objects.order_by("code").values_list("code", "name")),
    )


def visible(by: Actor) -> QuerySet[Person]:
    """Return the people of the actor's units."""
    if by.role not in READERS or not by.unit_path:
        return Person.objects.none()
    return Person.objects.filter(unit__path__startswith=by.unit_path)


def person_to_see(number: str, *, by: Actor) -> Person:
    """Return a person of the actor's units; a number that was merged away finds the kept one.

    Raises:
        NotVisibleError: absent, or another's.
    """
    person = found_by(number)
    if person is None or by.role not in READERS or not by.reaches_unit(person.unit.path):
        raise NotVisibleError("没有找到这个人。")
    return person


def person_to_change(number: str, *, by: Actor) -> Person:
    """Return a person whom the actor may change.

    Raises:
        NotVisibleError: absent, another's, or the actor only reads.
    """
    if by.role not in WRITERS:
        raise NotVisibleError("没有找到这个人。")
    return person_to_see(number, by=by)


def units_of(by: Actor) -> QuerySet[Unit]:
    """Return the units whose people the actor keeps."""
    allowed = by.role in WRITERS and bool(by.unit_path)
    return Unit.objects.filter(path__startswith=by.unit_path) if allowed else Unit.objects.none()


def ending(*, days: int, by: Actor, on: date) -> tuple[Ending, ...]:
    """Return the certificates that end within some days or have ended, the soonest first."""
    rows = newest().filter(
        person__in=visible(by).filter(is_active=True), expires_on__lte=on + timedelta(days=days)
    )
    found = list(rows.select_related("person__unit", "skill").order_by("expires_on", "pk"))
    teams = _teams_of({row.person_id for row in found}, on=on)
    return tuple(
        Ending(
            person_number=row.person.number,
            person_name=row.person.name,
            unit_name=row.person.unit.name,
            teams=teams.get(row.person_id, ()),
            skill_code=row.skill.code,
            skill_name=row.skill.name,
            level=row.level,
            number=row.number,
            expires_on=row.expires_on,
            days_left=(row.expires_on - on).days,
        )
        for row in found
    )


def newest() -> QuerySet[Certificate]:
    """Return the certificates that were not withdrawn and that no longer one replaces."""
    longer = Certificate.objects.filter(
        person=OuterRef("person"),
        skill=OuterRef("skill"),
        withdrawn_on=None,
        expires_on__gt=OuterRef("expires_on"),
    )
    return Certificate.objects.filter(~Exists(longer), withdrawn_on=None)


def rows_of(people: Iterable[Person], *, on: date) -> tuple[PersonRow, ...]:
    """Return people as the register shows them: three queries for all."""
    asked = list(people)
    keys_ = {person.pk for person in asked}
    roles: dict[int, list[str]] = {}
    current = PersonRole.objects.filter(
        Q(valid_until=None) | Q(valid_until__gte=on), person__in=keys_, valid_from__lte=on
    )
    for key, name in current.values_list("person_id", "kind__name"):
        roles.setdefault(key, []).append(name)
    teams = _teams_of(keys_, on=on)
    held: dict[int, list[Held]] = {}
    best = newest().filter(person__in=keys_).select_related("skill").order_by("skill__code")
    for row in best:
        held.setdefault(row.person_id, []).append(_held(row, on=on))
    return tuple(
        PersonRow(
            number=person.number,
            name=person.name,
            phone=mask_phone(person.phone) if person.minor_until is None else "",
            unit_name=person.unit.name,
            title=person.title,
            roles=tuple(dict.fromkeys(roles.get(person.pk, ()))),
            teams=teams.get(person.pk, ()),
            certificates=tuple(held.get(person.pk, ())),
            is_minor=person.minor_until is not None,
            is_active=person.is_active,
        )
        for person in asked
    )


def _teams_of(people: Iterable[int], *, on: date) -> dict[int, tuple[str, ...]]:
    found: dict[int, list[str]] = {}
    rows = Membership.objects.filter(
        Q(valid_until=None) | Q(valid_until__gte=on), person__in=list(people), valid_from__lte=on
    )
    for key, name, leads in rows.order_by("team__code").values_list(
        "person_id", "team__name", "is_captain"
    ):
        found.setdefault(key, []).append(f"{name}（队长）" if leads else name)
    return {key: tuple(names) for key, names in found.items()}


def _held(row: Certificate, *, on: date) -> Held:
    left = (row.expires_on - on).days
    tone, state = ("danger", "已失效") if left <= 0 else ("good", "有效")
    if 0 < left <= NOTICE_DAYS:
        tone, state = "warn", "将到期"
    return Held(
        skill_name=row.skill.name, level=row.level, until=row.expires_on, tone=tone, state=state
    )


def _counts(by: Actor, search: Search, *, on: date) -> dict[str, int]:
    base = _searched(visible(by), search, on=on)
    return {view: _cut(base, Search(view=view, days=search.days), on=on).count() for view in VIEWS}


def _cut(people: QuerySet[Person], search: Search, *, on: date) -> QuerySet[Person]:
    match search.view:
        case "left":
            return people.filter(is_active=False)
        case "minors":
            return people.filter(is_active=True, minor_until__isnull=False)
        case "expiring":
            until = on + timedelta(days=search.days)
            return people.filter(
                Exists(newest().filter(person=OuterRef("pk"), expires_on__lte=until)),
                is_active=True,
            )
    return people.filter(is_active=True)


def _searched(people: QuerySet[Person], search: Search, *, on: date) -> QuerySet[Person]:
    if search.words:
        found = Q(name__icontains=search.words) | Q(number__istartswith=search.words)
        if sum(character.isdigit() for character in search.words) >= SHORTEST_PHONE:
            found |= Q(phone_index=keys.phone_key(search.words))
            found |= Q(merges__gone_number__iexact=search.words)
        people = people.filter(pk__in=Person.objects.filter(found).values("pk"))
    if search.unit:
        unit = Unit.objects.filter(code=search.unit).first()
        people = people.filter(unit__path__startswith=unit.path if unit else "?")
    if search.role:
        roles = PersonRole.objects.filter(
            Q(valid_until=None) | Q(valid_until__gte=on),
            kind__code=search.role,
            valid_from__lte=on,
        )
        people = people.filter(pk__in=roles.values("person_id"))
    if search.team:
        members = Membership.objects.filter(
            Q(valid_until=None) | Q(valid_until__gte=on),
            team__in=below(search.team),
            valid_from__lte=on,
        )
        people = people.filter(pk__in=members.values("person_id"))
    if search.skill:
        valid = Certificate.objects.valid_on(on).filter(skill__code=search.skill)
        people = people.filter(pk__in=valid.values("person_id"))
    return people
