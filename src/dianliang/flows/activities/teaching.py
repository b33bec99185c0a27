"""Courses at the desk: who takes them, how they stand, who lacks what (003-04)."""

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from django.db.models import Count, Q, QuerySet

from dianliang.domain.catalog.models import Skill
from dianliang.domain.directory.models import Unit
from dianliang.domain.programs import session_access as access
from dianliang.domain.programs import session_queries as queries
from dianliang.domain.programs.lifecycle import COURSE_LABELS, ENROLMENT_LABELS
from dianliang.domain.programs.models import Course, Enrolment, Session
from dianliang.domain.programs.operations import courses as operations
from dianliang.domain.programs.operations import signing
from dianliang.domain.programs.operations.courses import Opened, Outcome
from dianliang.domain.programs.session_queries import SessionRow
from dianliang.domain.workforce import gate
from dianliang.domain.workforce.models import Certificate, Membership, Person
from dianliang.flows.activities import planning
from dianliang.flows.activities.joining import person_named
from dianliang.flows.activities.planning import Wanted
from dianliang.kernel.actor import Actor
from dianliang.kernel.errors import DomainError, InvalidInputError, NotVisibleError
from dianliang.kernel.phrases import Phrase, joined
from dianliang.kernel.text import clean_text

SOON = timedelta(days=60)
MOST_LACKING = 300


@dataclass(frozen=True, slots=True, kw_only=True)
class Offered:
    """A course as a form opens it."""

    title: str
    unit_code: str
    words: str = ""
    skill_code: str = ""
    valid_months: int = 12
    least_percent: int = 80
    pass_mark: int | None = None


def open_course(*, offered: Offered, by: Actor, at: datetime) -> Course:
    """Open a course.

    Raises:
        InvalidInputError: a value makes no sense; the field is named.
    """
    unit = Unit.objects.filter(code=offered.unit_code, path__startswith=by.unit_path or "-").first()
    if unit is None:
        raise InvalidInputError("请选择本单位范围内的主办单位。", field="unit")
    skill = Skill.objects.filter(code=offered.skill_code).first()
    if offered.skill_code and skill is None:
        raise InvalidInputError("没有这个技能，请重新选择。", field="skill")
    opened = Opened(
        title=clean_text(offered.title, field="title", label="名称", most=60, least=2),
        unit=unit,
        words=clean_text(offered.words, field="words", label="说明", most=2000),
        skill=skill,
        valid_months=offered.valid_months,
        least_percent=offered.least_percent,
        pass_mark=offered.pass_mark,
    )
    return operations.open_course(opened=opened, by=by, at=at)


def add_session(*, number: str, wanted: Wanted, by: Actor, at: datetime) -> tuple[str, ...]:
    """Announce a session of a course and sign its learners up; return who could not be.

    Each is signed up by himself: one who has something else then harms no other.

    Raises:
        NotVisibleError: the course is absent or not the actor's.
        InvalidInputError, UnableToPlanSessionError: a field makes no sense; it is named.
    """
    course = access.course_to_lead(number, by=by)
    if course.status != "OPEN":
        raise InvalidInputError("课程已结束，不能再加课。", field="course")
    wanted = replace(wanted, unit_code=course.unit.code)
    session = planning.plan(wanted=wanted, course=course, by=by, at=at, announces=True)
    people = [one.person for one in _learners(course)]
    return _signed_up([(session, person) for person in people], by=by, at=at)


def _learners(course: Course) -> list[Enrolment]:
    return list(course.enrolments.filter(status="ENROLLED").select_related("person"))


def _signed_up(pairs: list[tuple[Session, Person]], *, by: Actor, at: datetime) -> tuple[str, ...]:
    refused = []
    for session, person in pairs:
        try:
            signing.sign_up(
                session=session,
                person=person,
                role="learner",
                channel="console",
                by=by,
                at=at,
            )
        except DomainError as refusal:
            refused.append(refusal.message)
    return tuple(refused)


def enrol(*, number: str, who: str, by: Actor, at: datetime) -> tuple[str, ...]:
    """Let somebody take a course and sign him up for its sessions; return what could not be.

    Raises:
        NotVisibleError: the course is absent or not the actor's.
        InvalidInputError: nobody has this number or name.
        UnableToEnrolError: he takes it already, or it has ended.
    """
    course = access.course_to_lead(number, by=by)
    person = person_named(who, by=by)
    operations.enrol(course=course, person=person, by=by, at=at)
    ahead = course.sessions.filter(status="ANNOUNCED", starts_at__gt=at)
    return _signed_up([(session, person) for session in ahead], by=by, at=at)


def mark(*, number: str, person: str, mark: int, by: Actor, at: datetime) -> None:
    """Write down the result of somebody's test.

    Raises:
        NotVisibleError: no such learner of a course of the actor's units.
        InvalidInputError, UnableToConcludeError: see the operation.
    """
    operations.mark(enrolment=_learner(number, person, by=by), mark=mark, by=by, at=at)


def withdraw(*, number: str, person: str, reason: str, by: Actor, at: datetime) -> None:
    """Note that somebody has given a course up.

    Raises:
        NotVisibleError: no such learner of a course of the actor's units.
    """
    reason = clean_text(reason, field="reason", label="原因", most=200)
    operations.withdraw(enrolment=_learner(number, person, by=by), reason=reason, by=by, at=at)


def _learner(number: str, person: str, *, by: Actor) -> Enrolment:
    course = access.course_to_lead(number, by=by)
    found = course.enrolments.select_related("person", "course").filter(person__number=person)
    enrolment = found.first()
    if enrolment is None:
        raise NotVisibleError("没有找到这个学员。")
    return enrolment


def conclude(*, number: str, by: Actor, at: datetime) -> Outcome:
    """Judge a course and grant its certificates.

    Raises:
        NotVisibleError: the course is absent or not the actor's.
        UnableToConcludeError, UnableToCertifyError: see the operation.
    """
    course = access.course_to_lead(number, by=by)
    return operations.conclude(course=course, by=by, at=at)


def cancel(*, number: str, reason: str, by: Actor, at: datetime) -> int:
    """Call a course off; return how many sessions with it.

    Raises:
        NotVisibleError: the course is absent or not the actor's.
        InvalidInputError: no reason is given.
    """
    course = access.course_to_lead(number, by=by)
    reason = clean_text(reason, field="reason", label="原因", most=200)
    return operations.cancel(course=course, reason=reason, by=by, at=at)


@dataclass(frozen=True, slots=True, kw_only=True)
class CourseRow:
    """A course as lists show it."""

    number: str
    title: str
    unit_name: str
    skill_name: str
    status: str
    status_label: str
    sessions: int
    learners: int
    passed: int
    rule: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LearnerRow:
    """Somebody who takes a course, and how he stands."""

    number: str
    name: str
    status: str
    status_label: str
    attended: int
    held: int
    mark: int | None
    because: str
    certified_until: date | None

    @property
    def share(self) -> float | None:
        """Return the share of held sessions at which he was."""
        return self.attended / self.held if self.held else None


@dataclass(frozen=True, slots=True, kw_only=True)
class CoursePage:
    """A course with sessions and learners."""

    row: CourseRow
    words: str
    has_test: bool
    sessions: tuple[SessionRow, ...]
    learners: tuple[LearnerRow, ...]
    may_lead: bool


def course_list(*, by: Actor) -> tuple[CourseRow, ...]:
    """Return the courses of the actor's units, the newest first. One query."""
    found = _counted(Course.objects.filter(access.within(by)))
    # A query with sums has no order of its own.
    return tuple(_row(course) for course in found.order_by("-created_at", "-pk"))


def _counted(found: QuerySet[Course]) -> QuerySet[Course]:
    return found.select_related("unit", "skill").annotate(
        held_count=Count("sessions", distinct=True),
        learner_count=Count("enrolments", filter=~Q(enrolments__status="WITHDRAWN"), distinct=True),
        passed_count=Count("enrolments", filter=Q(enrolments__status="PASSED"), distinct=True),
    )


def _row(course: Course) -> CourseRow:
    figures = vars(course)
    rules = [Phrase("出勤不少于 %(n)d%%", n=course.least_percent)]
    if course.pass_mark is not None:
        rules.append(Phrase("考试 %(n)d 分及格", n=course.pass_mark))
    if course.skill is not None:
        rules.append(
            Phrase(
                "合格发“%(skill)s”证书，有效 %(n)d 个月",
                skill=Phrase(course.skill.name),
                n=course.valid_months,
            )
        )
    return CourseRow(
        number=course.number,
        title=course.title,
        unit_name=course.unit.name,
        skill_name=course.skill.name if course.skill else "",
        status=course.status,
        status_label=COURSE_LABELS[course.status],
        sessions=figures["held_count"],
        learners=figures["learner_count"],
        passed=figures["passed_count"],
        rule=joined("，", rules),
    )


def course_page(*, number: str, by: Actor) -> CoursePage:
    """Return a course with how each learner stands.

    Raises:
        NotVisibleError: it is absent or not the actor's to see.
    """
    course = access.course_to_see(number, by=by)
    (counted,) = _counted(Course.objects.filter(pk=course.pk))
    held = course.sessions.filter(status__in=operations.HELD)
    there: dict[int, int] = dict(
        held.filter(signups__status="ATTENDED")
        .values_list("signups__person")
        .annotate(n=Count("pk", distinct=True))
    )
    count = held.count()
    learners = course.enrolments.select_related("person", "certificate")
    return CoursePage(
        row=_row(counted),
        words=course.words,
        has_test=course.pass_mark is not None,
        sessions=queries.rows(course.sessions.order_by("starts_at")),
        learners=tuple(
            LearnerRow(
                number=one.person.number,
                name=one.person.name,
                status=one.status,
                status_label=ENROLMENT_LABELS[one.status],
                attended=there.get(one.person_id, 0),
                held=count,
                mark=one.mark,
                because=one.because,
                certified_until=one.certificate.expires_on if one.certificate else None,
            )
            for one in learners
        ),
        may_lead=by.role in access.LEADERS and by.reaches_unit(course.unit.path),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Lacking:
    """Somebody of a team who lacks a certificate, or will soon."""

    number: str
    name: str
    unit_name: str
    teams: tuple[str, ...]
    words: str
    until: date | None
    is_soon: bool


def lacking(*, skill_code: str, by: Actor, on: date) -> tuple[Lacking, ...]:
    """Return the members of the actor's teams who lack a certificate on a day, or within 60 days.

    Those who have none come first, then by the day on which it ends.
    """
    current = Q(valid_until=None) | Q(valid_until__gte=on)
    members = Membership.objects.filter(
        current,
        valid_from__lte=on,
        team__is_active=True,
        person__is_active=True,
        team__unit__path__startswith=by.unit_path or "-",
    ).select_related("person__unit", "team")
    people: dict[int, Person] = {}
    teams: dict[int, list[str]] = {}
    for member in members.order_by("person__number"):
        people[member.person_id] = member.person
        teams.setdefault(member.person_id, []).append(member.team.name)
    now = gate.lacks_of(people.values(), [skill_code], on)
    later = gate.lacks_of(people.values(), [skill_code], on + SOON)
    ends = dict(
        Certificate.objects.filter(person__in=people, skill__code=skill_code, withdrawn_on=None)
        .order_by("expires_on")
        .values_list("person_id", "expires_on")
    )
    found = [
        Lacking(
            number=person.number,
            name=person.name,
            unit_name=person.unit.name,
            teams=tuple(teams[pk]),
            words=lacks[0].words,
            until=ends.get(pk),
            is_soon=pk not in now,
        )
        for pk, person in people.items()
        if (lacks := now.get(pk) or later.get(pk, ()))
    ]
    found.sort(key=lambda one: (one.is_soon, one.until or date.min, one.number))
    return tuple(found[:MOST_LACKING])
