"""Everything about one base: facts, hours, services, keeper, checks, notices, where it stands."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from dianliang.core.rows import first_of
from dianliang.domain.catalog.models import Service
from dianliang.domain.insight.base_checks import BaseCheck, Checked, checked
from dianliang.domain.territory.queries import area_of
from dianliang.domain.venues import hours as opening_hours
from dianliang.domain.venues import keepers, notices, opening, proofs, sites, standards
from dianliang.domain.venues.keepers import Term
from dianliang.domain.venues.models import BaseProof, Site, SiteService
from dianliang.domain.venues.notices import NoticeRow
from dianliang.domain.venues.opening import WEEKDAYS, Hours, Opening
from dianliang.domain.venues.queries import MatrixRow, places_of, site_of
from dianliang.domain.venues.sites import Facts
from dianliang.domain.venues.standards import PROVED, Item, Standard
from dianliang.domain.venues.trees import require_code
from dianliang.domain.workforce.charging import people_of
from dianliang.domain.workforce.models import Person
from dianliang.flows.bases.reach import may_change, person_of, site_to_change, unit_of
from dianliang.kernel.actor import Actor
from dianliang.kernel.calendar import SHANGHAI
from dianliang.kernel.errors import InvalidInputError
from dianliang.kernel.geo import GeoPoint
from dianliang.kernel.text import clean_text

DAYS = 14
"""How far the page looks ahead: a holiday that comes is seen in time."""
MOST_PEOPLE = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemFile:
    """An item of the standard at this base, with what was shown for it."""

    item: Item
    checked: Checked | None
    proofs: tuple[BaseProof, ...]

    @property
    def is_proved(self) -> bool:
        """Tell whether somebody has to show it."""
        return self.item.way == PROVED


@dataclass(frozen=True, slots=True, kw_only=True)
class TermRow:
    """A term of somebody who is, was or will be accountable, with the name."""

    term: Term
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BaseFile:
    """A base as its page shows it."""

    site: Site
    seen: str
    hours_seen: str
    may_edit: bool
    places: tuple[tuple[MatrixRow, str], ...]
    days: tuple[Opening, ...]
    hours: tuple[Hours, ...]
    special: tuple[tuple[date, str, str], ...]
    services: tuple[tuple[Service, str, bool], ...]
    check: BaseCheck | None
    standard: Standard
    items: tuple[ItemFile, ...]
    terms: tuple[TermRow, ...]
    people: tuple[tuple[str, str], ...]
    more_people: int
    notices: tuple[NoticeRow, ...]

    @property
    def offered(self) -> tuple[tuple[Service, str], ...]:
        """Return the services that are offered here."""
        return tuple((service, words) for service, words, is_offered in self.services if is_offered)

    @property
    def week(self) -> tuple[tuple[str, str], ...]:
        """Return the week of the newest hours, as a form shows it."""
        newest = self.hours[0].week if self.hours else ((),) * 7
        return tuple((day, _typed(spans)) for day, spans in zip(WEEKDAYS, newest, strict=True))

    @property
    def week_lines(self) -> tuple[tuple[Hours, str], ...]:
        """Return every version of the hours in words, newest first."""
        return tuple((hours, opening.week_words(hours)) for hours in self.hours)


def _typed(spans: Sequence[tuple[int, int]]) -> str:
    return opening.spoken(spans).replace("–", "-") if spans else ""


def file(code: str, *, by: Actor, at: datetime) -> BaseFile:
    """Return a base that the actor may see.

    Raises:
        NotVisibleError: absent, or another unit's.
    """
    site, on = site_of(code, by=by), at.astimezone(SHANGHAI).date()
    standard = standards.in_force()
    check = checked([site.pk], standard=standard, on=on).get(site.pk)
    may_edit = may_change(site, by=by) and site.closed_on is None
    people, more_people = _people(by) if may_edit else ((), 0)
    given = list(proofs.proofs_of(site))
    states = {item.key: item for item in check.items} if check else {}
    return BaseFile(
        site=site,
        seen=sites.fingerprint(site),
        hours_seen=opening.mark_of(site),
        may_edit=may_edit,
        places=places_of(site, by=by),
        days=opening.openings([site.pk], first=on, days=DAYS)[site.pk],
        hours=opening.versions_of(site),
        special=opening.special_days(site, since=on),
        services=_services(site),
        check=check,
        standard=standard,
        items=tuple(
            ItemFile(
                item=item,
                checked=states.get(item.key),
                proofs=tuple(proof for proof in given if proof.item == item.key),
            )
            for item in standard.items
        ),
        terms=_terms(site, on=on),
        people=people,
        more_people=more_people,
        notices=notices.shown_at(site, on=on),
    )


def _services(site: Site) -> tuple[tuple[Service, str, bool], ...]:
    offered = dict(SiteService.objects.filter(site=site).values_list("service", "words"))
    rows = Service.objects.filter(is_active=True).order_by("code")
    return tuple((row, offered.get(row.pk, ""), row.pk in offered) for row in rows)


def _terms(site: Site, *, on: date) -> tuple[TermRow, ...]:
    terms = keepers.terms_of(site, on=on)
    numbers = {term.person_number for term in terms}
    names = dict(Person.objects.filter(number__in=numbers).values_list("number", "name"))
    return tuple(
        TermRow(
            term=term,
            name=names.get(term.person_number, term.person_number) or keepers.NOBODY,
        )
        for term in terms
    )


def _people(by: Actor) -> tuple[tuple[tuple[str, str], ...], int]:
    rows = people_of(by).values_list("number", "name", "unit__name")
    shown, more = first_of(rows, MOST_PEOPLE)
    return tuple((number, f"{name}（{unit}）") for number, name, unit in shown), more


@dataclass(frozen=True, slots=True, kw_only=True)
class Described:
    """A base as a form describes it. Codes and text come from outside and are checked here."""

    name: str
    kind: str
    venue_type: str
    area_code: str
    unit_code: str
    address: str
    lat: float | None
    lon: float | None


def register(*, code: str, described: Described, by: Actor, at: datetime) -> Site:
    """Put a base of the actor's units on the register; without a position it lies in its village.

    Raises:
        InvalidInputError, UnableToChangeSiteError: a field makes no sense; it is named.
    """
    require_code(code.strip())
    facts = _facts(described, by=by)
    return sites.register(code=code.strip(), facts=facts, by=by, at=at)


def change(*, code: str, described: Described, seen: str, by: Actor, at: datetime) -> Site:
    """Write other facts about a base.

    Raises:
        NotVisibleError: absent, or another unit's.
        InvalidInputError, UnableToChangeSiteError, StaleStateError: see the operation.
    """
    site = site_to_change(code, by=by)
    facts = _facts(described, by=by)
    return sites.change(site=site, facts=facts, seen=seen, by=by, at=at)


def _facts(described: Described, *, by: Actor) -> Facts:
    area = area_of(described.area_code)
    if area is None:
        raise InvalidInputError("请选择所在村社区。", field="area")
    if (described.lat is None) != (described.lon is None):
        raise InvalidInputError("纬度和经度要同时填写，或都留空。", field="lat")
    for lat, lon in ((described.lat, described.lon), (area.lat, area.lon)):
        if lat is not None and lon is not None:
            point = GeoPoint(lat, lon)
            break
    else:
        raise InvalidInputError("这个村没有坐标，请填写阵地的纬度和经度。", field="lat")
    return Facts(
        name=clean_text(described.name, field="name", label="名称", most=60, least=2),
        kind=described.kind,
        venue_type=described.venue_type,
        area=area,
        unit=unit_of(described.unit_code, by=by),
        address=clean_text(described.address, field="address", label="地址", most=120),
        point=point,
    )


def offer(*, code: str, words: Mapping[str, str], by: Actor, at: datetime) -> int:
    """Say which services a base offers, each with a few words.

    Raises:
        NotVisibleError, InvalidInputError, UnableToChangeSiteError: see the operation.
    """
    site = site_to_change(code, by=by)
    known = list(Service.objects.filter(code__in=words, is_active=True).order_by("code"))
    if len(known) != len(words):
        raise InvalidInputError("有服务事项已停用，请刷新后重新勾选。", field="services")
    told = {
        service.code: clean_text(
            words[service.code], field="services", label=f"“{service.name}”的说明", most=80
        )
        for service in known
    }
    return sites.offer(site=site, services=told, known=known, by=by, at=at)


@dataclass(frozen=True, slots=True, kw_only=True)
class HoursTyped:
    """Weekly hours as a form holds them: seven lines, Monday first."""

    from_on: date
    week: Sequence[str]
    on_holidays: str
    holiday: str
    on_make_up: str


def set_hours(*, code: str, typed: HoursTyped, seen: str, by: Actor, at: datetime) -> None:
    """Let weekly hours count from a day on.

    Raises:
        NotVisibleError, InvalidInputError, UnableToSetHoursError, StaleStateError: see below.
    """
    site = site_to_change(code, by=by)
    if typed.on_holidays not in dict(opening.ON_HOLIDAYS):
        raise InvalidInputError("请选择法定节假日是否开放。", field="on_holidays")
    if typed.on_make_up not in dict(opening.ON_MAKE_UP):
        raise InvalidInputError("请选择调休上班日的安排。", field="on_make_up")
    if len(typed.week) != len(WEEKDAYS):
        raise InvalidInputError("请填写周一到周日七天的时间。", field="week")
    is_own = typed.on_holidays == "own"
    holiday = opening.parsed(typed.holiday, field="holiday", label="节假日时间") if is_own else ()
    hours = Hours(
        from_on=typed.from_on,
        week=tuple(
            opening.parsed(text, field=f"day{n}", label=day)
            for n, (day, text) in enumerate(zip(WEEKDAYS, typed.week, strict=True))
        ),
        on_holidays=typed.on_holidays,
        holiday=holiday,
        on_make_up=typed.on_make_up,
    )
    if is_own and not holiday:
        raise InvalidInputError("请填写节假日的开放时间，或选“不开放”。", field="holiday")
    opening_hours.set_hours(site=site, hours=hours, seen=seen, by=by, at=at)


def set_days(
    *, code: str, first: date, last: date, text: str, reason: str, by: Actor, at: datetime
) -> int:
    """Let days in a row differ; return how many.

    Raises:
        NotVisibleError, InvalidInputError, UnableToSetHoursError: see the operation.
    """
    site = site_to_change(code, by=by)
    spans = opening.parsed(text, field="spans", label="时间")
    words = clean_text(reason, field="reason", label="原因", most=80, least=2)
    return opening_hours.set_days(
        site=site, first=first, last=last, spans=spans, reason=words, by=by, at=at
    )


def drop_day(*, code: str, on: date, by: Actor, at: datetime) -> None:
    """Let a day to come follow the weekly hours again.

    Raises:
        NotVisibleError, UnableToSetHoursError: see the operation.
    """
    opening_hours.drop_day(site=site_to_change(code, by=by), on=on, by=by, at=at)


def hand_over(
    *, code: str, person_number: str, from_on: date, reason: str, by: Actor, at: datetime
) -> None:
    """Make one person on duty, or nobody, accountable for a base from a day on.

    Raises:
        NotVisibleError, InvalidInputError, UnableToHandOverBaseError: see the operation.
    """
    site, person = site_to_change(code, by=by), person_of(person_number.strip(), by=by)
    words = clean_text(reason, field="reason", label="原因", most=200, least=2)
    keepers.hand_over(
        site=site,
        person_number=person.number if person else "",
        from_on=from_on,
        reason=words,
        by=by,
        at=at,
    )


def take_back(*, code: str, from_on: date, by: Actor, at: datetime) -> None:
    """Take back a hand-over that is to come, or that was written down today.

    Raises:
        NotVisibleError, UnableToHandOverBaseError: see the operation.
    """
    keepers.take_back(site=site_to_change(code, by=by), from_on=from_on, by=by, at=at)
