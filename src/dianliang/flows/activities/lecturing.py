"""Lectures on demand: asked for as a service, matched by topic, time and fairness (001-13)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import Q

from dianliang.domain.directory.models import Unit
from dianliang.domain.programs import lecturing
from dianliang.domain.programs import session_access as access
from dianliang.domain.programs.lecturing import LATELY_DAYS, Candidate, Ranked
from dianliang.domain.programs.lifecycle import IS_COMING
from dianliang.domain.programs.models import Lecturer, LectureRequest, LectureTopic, Signup
from dianliang.domain.programs.operations import lectures as operations
from dianliang.domain.programs.operations.lectures import Wanted
from dianliang.domain.territory.queries import area_of
from dianliang.domain.venues.models import Site
from dianliang.domain.workforce import gate
from dianliang.domain.workforce.availability import available
from dianliang.domain.workforce.models import Membership, Person, Team
from dianliang.flows.activities.joining import person_named
from dianliang.kernel.actor import Actor
from dianliang.kernel.calendar import SHANGHAI
from dianliang.kernel.errors import InvalidInputError, NotVisibleError
from dianliang.kernel.geo import GeoPoint
from dianliang.kernel.periods import TimeWindow
from dianliang.kernel.phrases import Phrase
from dianliang.kernel.text import clean_text


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A lecture as a form asks for it."""

    topic_code: str
    unit_code: str
    asked_for: str
    site_code: str = ""
    area_code: str = ""
    place: str = ""
    wishes: Sequence[datetime] = ()
    minutes: int = 60
    audience: int = 0
    contact: str = ""
    words: str = ""


def topics() -> tuple[tuple[str, str], ...]:
    """Return code and name of what lectures are about."""
    return tuple(LectureTopic.objects.filter(is_active=True).values_list("code", "name"))


def answering_units(by: Actor) -> tuple[tuple[str, str], ...]:
    """Return whom an actor may ask: his own units, and those above them."""
    rows = Unit.objects.order_by("path").values_list("code", "name", "path")
    return tuple(
        (code, name)
        for code, name, path in rows
        if by.unit_path and (path.startswith(by.unit_path) or by.unit_path.startswith(path))
    )


@transaction.atomic
def ask(*, asked: Asked, by: Actor, at: datetime) -> LectureRequest:
    """Ask for a lecture.

    Raises:
        InvalidInputError: a code is unknown or a value makes no sense; the field is named.
    """
    topic = LectureTopic.objects.filter(code=asked.topic_code, is_active=True).first()
    if topic is None:
        raise InvalidInputError("请选择宣讲主题。", field="topic")
    if asked.unit_code not in dict(answering_units(by)):
        raise InvalidInputError("请选择承办单位。", field="unit")
    site = Site.objects.select_related("area").filter(code=asked.site_code).first()
    if asked.site_code and (site is None or site.closed_on is not None):
        raise InvalidInputError("没有这个阵地，或它已停用，请重新选择。", field="site")
    area = site.area if site else area_of(asked.area_code)
    if area is None:
        raise InvalidInputError("请选择阵地，或选择所在村社区。", field="area")
    if not 0 <= asked.audience <= 10_000:
        raise InvalidInputError("听众人数应在 0 到 10000 之间。", field="audience")
    wanted = Wanted(
        topic=topic,
        unit=Unit.objects.get(code=asked.unit_code),
        asker_unit=Unit.objects.filter(code=by.unit_code).first(),
        asked_for=clean_text(
            asked.asked_for, field="asked_for", label="点讲单位", most=60, least=2
        ),
        area=area,
        site=site,
        place=clean_text(asked.place, field="place", label="地点", most=80),
        wishes=asked.wishes,
        minutes=asked.minutes,
        audience=asked.audience,
        contact=clean_text(asked.contact, field="contact", label="联系人与电话", most=60),
        words=clean_text(asked.words, field="words", label="要求", most=1000),
    )
    return operations.ask(wanted=wanted, by=by, at=at)


def ranking(request: LectureRequest, *, at: datetime) -> tuple[Ranked, ...]:
    """Return who of the pool of the answering unit could still give a lecture, best first."""
    wishes = operations.wishes_of(request)
    pool = Lecturer.objects.filter(
        is_active=True,
        topics=request.topic,
        person__is_active=True,
        person__unit__path__startswith=request.unit.path,
    ).select_related("person__unit")
    found = [_candidate(lecturer, request, wishes, at=at) for lecturer in pool]
    return lecturing.rank(found, wishes=wishes)


def _candidate(
    lecturer: Lecturer, request: LectureRequest, wishes: Sequence[datetime], *, at: datetime
) -> Candidate:
    person = lecturer.person
    given = Signup.objects.filter(
        person=person, role="lecturer", status__in=[*IS_COMING, "ABSENT"]
    ).exclude(session__status__in=["CANCELLED", "DISCARDED"])
    dates = [
        moment.astimezone(SHANGHAI).date()
        for moment in given.values_list("session__starts_at", flat=True)
    ]
    days = [wish.astimezone(SHANGHAI).date() for wish in wishes]
    first = days[0]
    lately = [on for on in dates if abs((first - on).days) <= LATELY_DAYS]
    spans = [TimeWindow(wish, wish + timedelta(minutes=request.minutes)) for wish in wishes]
    skills = [request.topic.skill.code] if request.topic.skill else []
    lacks = [gate.qualified(person, skills, on) for on in days]
    return Candidate(
        number=person.number,
        name=person.name,
        unit_name=person.unit.name,
        hindrances=tuple(
            Phrase("时间已过")
            if span.start <= at
            else gate.told(lack)
            if lack
            else _hindrance(person, span)
            for span, lack in zip(spans, lacks, strict=True)
        ),
        this_month=tuple(
            sum((one.year, one.month) == (on.year, on.month) for one in dates) for on in days
        ),
        most_a_month=lecturer.most_a_month,
        lately=len(lately),
        last_on=max((on for on in dates if on < first), default=None),
        away_km=_away_km(lecturer, request),
        lacks=gate.told(lacks[0]) if all(lacks) else "",
    )


def _hindrance(person: Person, span: TimeWindow) -> str:
    busy = (
        Signup.objects.filter(
            person=person,
            status__in=IS_COMING,
            session__starts_at__lt=span.end,
            session__ends_at__gt=span.start,
            session__status__in=["ANNOUNCED", "UNDER_WAY"],
        )
        .select_related("session")
        .first()
    )
    if busy is not None:
        return Phrase("已有“%(title)s”", title=busy.session.title)
    return available(person, span).words


def _away_km(lecturer: Lecturer, request: LectureRequest) -> float | None:
    site = request.site
    lat, lon = (site.lat, site.lon) if site else (request.area.lat, request.area.lon)
    home = (
        Membership.objects.filter(person=lecturer.person, valid_until=None)
        .select_related("team")
        .first()
    )
    if home is None or lat is None or lon is None:
        return None
    base = GeoPoint(home.team.base_lat, home.team.base_lon)
    return base.distance_m(GeoPoint(lat, lon)) / 1000


@transaction.atomic
def arrange(*, number: str, lecturer: str, wish: int, reason: str, by: Actor, at: datetime) -> str:
    """Have a lecturer give a lecture; return the number of its session.

    Raises:
        NotVisibleError: no such request, or another unit answers it.
        UnableToArrangeError, UnableToSignUpError: see the operation.
    """
    request = _to_answer(number, by=by)
    # Held before his lectures are counted: of two requests at once the second sees the first.
    pool = Lecturer.objects.select_for_update(of=("self",)).select_related("person")
    found = pool.filter(person__number=lecturer).first()
    if found is None:
        raise InvalidInputError("请选择讲师。", field="lecturer")
    reason = clean_text(reason, field="reason", label="理由", most=200)
    session = operations.arrange(
        request=request,
        lecturer=found,
        wish=wish,
        ranking=ranking(request, at=at),
        reason=reason,
        team=_team_of(found.person, on=at.astimezone(SHANGHAI).date()),
        by=by,
        at=at,
    )
    return session.number


def _team_of(person: Person, *, on: date) -> Team | None:
    current = Q(valid_until=None) | Q(valid_until__gte=on)
    own = Membership.objects.filter(
        current, person=person, valid_from__lte=on, team__is_volunteer=True, team__is_active=True
    )
    membership = own.select_related("team").order_by("team__code").first()
    return membership.team if membership else None


def _to_answer(number: str, *, by: Actor) -> LectureRequest:
    request = access.lecture_to_see(number, by=by)
    if by.role not in access.LEADERS or not by.reaches_unit(request.unit.path):
        raise NotVisibleError("这张点讲单由承办单位安排。")
    return request


def set_wishes(*, number: str, wishes: Sequence[datetime], by: Actor, at: datetime) -> None:
    """Write down other times for a lecture that waits, as agreed with who asked.

    Raises:
        NotVisibleError: no such request, or another unit answers it.
        UnableToArrangeError, InvalidInputError: see the operation.
    """
    operations.set_wishes(request=_to_answer(number, by=by), wishes=wishes, by=by, at=at)


def decline(*, number: str, verb: str, reason: str, by: Actor, at: datetime) -> None:
    """Say that nobody can come, or take one's own request back.

    Raises:
        NotVisibleError: no such request, or it is not the actor's to end.
        InvalidInputError: no reason is given.
    """
    if verb not in {"decline", "take_back"}:
        raise NotVisibleError("没有这个操作。")
    request = (_to_answer if verb == "decline" else access.lecture_to_see)(number, by=by)
    reason = clean_text(reason, field="reason", label="原因", most=200)
    operations.decline(request=request, verb=verb, reason=reason, by=by, at=at)


def enter_lecturer(
    *,
    who: str,
    topic_codes: Sequence[str],
    most_a_month: int,
    words: str,
    is_active: bool,
    by: Actor,
    at: datetime,
) -> Lecturer:
    """Put somebody of the actor's units into the pool, or change what he speaks on.

    Raises:
        InvalidInputError: nobody has this number or name, or no topic is chosen.
    """
    person = person_named(who, by=by)
    return operations.enter_lecturer(
        person=person,
        topics=list(LectureTopic.objects.filter(code__in=list(topic_codes))),
        most_a_month=most_a_month,
        words=clean_text(words, field="words", label="简介", most=200),
        is_active=is_active,
        by=by,
        at=at,
    )
