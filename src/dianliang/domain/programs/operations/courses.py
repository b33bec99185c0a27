"""Every write about courses: opened, taken, marked, concluded with certificates."""

from dataclasses import dataclass
from datetime import datetime

from dateutil.relativedelta import relativedelta
from django.db import transaction

from dianliang.core import audit, transitions
from dianliang.core.numbers import next_number
from dianliang.domain.catalog.models import Skill
from dianliang.domain.directory.models import Unit
from dianliang.domain.programs.lifecycle import COURSE, ENROLMENT, ENROLMENT_LABELS
from dianliang.domain.programs.models import Course, Enrolment, Signup
from dianliang.domain.programs.operations import sessions, signing
from dianliang.domain.workforce.certifying import Proof, add_certificate
from dianliang.domain.workforce.models import Certificate, Person
from dianliang.kernel.actor import Actor
from dianliang.kernel.calendar import SHANGHAI
from dianliang.kernel.errors import DomainError, InvalidInputError
from dianliang.kernel.phrases import Phrase, joined

HELD = ("ENDED", "ACCOUNTED")
STILL_OPEN = ("DRAFT", "ANNOUNCED", "UNDER_WAY")


class UnableToEnrolError(DomainError):
    """This person cannot take this course."""

    code = "programs.unable-to-enrol"


class UnableToConcludeError(DomainError):
    """The course cannot be judged yet; the message says what is missing."""

    code = "programs.unable-to-conclude"


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """A course as it begins, with the rules by which it is judged."""

    title: str
    unit: Unit
    words: str
    skill: Skill | None
    valid_months: int
    least_percent: int
    pass_mark: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What came of a course."""

    passed: int
    failed: int
    certificates: int


@transaction.atomic
def open_course(*, opened: Opened, by: Actor, at: datetime) -> Course:
    """Open a course; its rules are fixed from here on.

    Raises:
        InvalidInputError: a rule makes no sense; the field is named.
    """
    if not 0 <= opened.least_percent <= 100:
        raise InvalidInputError("最低出勤应在 0 到 100% 之间。", field="least_percent")
    if opened.pass_mark is not None and not 0 <= opened.pass_mark <= 100:
        raise InvalidInputError("及格分应在 0 到 100 之间；不考试请留空。", field="pass_mark")
    if not 1 <= opened.valid_months <= 120:
        raise InvalidInputError("证书有效期应在 1 到 120 个月之间。", field="valid_months")
    course = Course.objects.create(
        number=next_number("KC", at=at),
        title=opened.title,
        unit=opened.unit,
        words=opened.words,
        skill=opened.skill,
        valid_months=opened.valid_months,
        least_percent=opened.least_percent,
        pass_mark=opened.pass_mark,
        created_by=by.name,
        created_at=at,
    )
    audit.record("programs.course.open", target=course, by=by, at=at, after=course.title)
    return course


@transaction.atomic
def enrol(*, course: Course, person: Person, by: Actor, at: datetime) -> Enrolment:
    """Let somebody take a course.

    Raises:
        UnableToEnrolError: it has ended, or he takes it already.
    """
    course = Course.objects.select_for_update().get(pk=course.pk)
    if course.status != "OPEN":
        raise UnableToEnrolError("课程已结束，不能再报名。")
    enrolment, is_new = Enrolment.objects.get_or_create(
        course=course, person=person, defaults={"enrolled_at": at}
    )
    if not is_new:
        label = ENROLMENT_LABELS[enrolment.status]
        raise UnableToEnrolError(
            Phrase(
                "%(name)s已经报过这门课，现为“%(label)s”。", name=person.name, label=Phrase(label)
            ),
            field="who",
        )
    audit.record("programs.enrolment.enrol", target=enrolment, by=by, at=at)
    return enrolment


@transaction.atomic
def mark(*, enrolment: Enrolment, mark: int, by: Actor, at: datetime) -> Enrolment:
    """Write down the result of somebody's test.

    Raises:
        InvalidInputError: not 0 to 100.
        UnableToConcludeError: the course has no test, or has been judged.
    """
    # Whoever judges the course holds it, too: no mark changes after the judgement.
    Course.objects.select_for_update().get(pk=enrolment.course_id)
    enrolment = Enrolment.objects.select_related("course", "person").get(pk=enrolment.pk)
    if enrolment.course.pass_mark is None:
        raise UnableToConcludeError("这门课不考试，没有成绩可登记。")
    if enrolment.status != "ENROLLED":
        raise UnableToConcludeError(
            Phrase("%(name)s已经判定，不能再改成绩。", name=enrolment.person.name)
        )
    if not 0 <= mark <= 100:
        raise InvalidInputError("成绩应在 0 到 100 之间。", field="mark")
    before = "" if enrolment.mark is None else str(enrolment.mark)
    enrolment.mark = mark
    enrolment.save(update_fields=["mark"])
    audit.record(
        "programs.enrolment.mark", target=enrolment, by=by, at=at, before=before, after=str(mark)
    )
    return enrolment


@transaction.atomic
def withdraw(*, enrolment: Enrolment, reason: str, by: Actor, at: datetime) -> Enrolment:
    """Note that somebody has given a course up; his places in what is ahead go to others."""
    enrolment = transitions.apply(
        enrolment,
        "withdraw",
        lifecycle=ENROLMENT,
        by=by,
        at=at,
        note=reason,
        changes={"because": reason},
    )
    ahead = Signup.objects.filter(
        session__course=enrolment.course,
        session__status="ANNOUNCED",
        session__starts_at__gt=at,
        person=enrolment.person,
        status__in=["PLACED", "WAITING"],
    )
    for signup in ahead.select_related("session", "person").order_by("session"):
        signing.withdraw(signup=signup, reason=reason, by=by, at=at)
    return enrolment


@transaction.atomic
def conclude(*, course: Course, by: Actor, at: datetime) -> Outcome:
    """Judge everybody by attendance and test; who passes gets the certificate of the course.

    Raises:
        UnableToConcludeError: a session is still ahead, none was held, nobody takes it, or a mark
            is missing; those who lack one are named.
        UnableToCertifyError: somebody got the same certificate on this day.
    """
    course = Course.objects.select_for_update().get(pk=course.pk)
    COURSE.target(course.status, "conclude", role=by.role)
    if course.sessions.filter(status__in=STILL_OPEN).exists():
        raise UnableToConcludeError("还有没上完的课，请先结束或取消。")
    held = course.sessions.filter(status__in=HELD).count()
    if held == 0:
        raise UnableToConcludeError("这门课还没有上过，不能结业。")
    enrolments = list(course.enrolments.filter(status="ENROLLED").select_related("person"))
    if not enrolments:
        raise UnableToConcludeError("没有学员，不能结业。")
    without = [one.person.name for one in enrolments if one.mark is None]
    if course.pass_mark is not None and without:
        listed = joined("、", without[:5])
        raise UnableToConcludeError(
            Phrase("还没有成绩：%(listed)s 等 %(n)d 人。", listed=listed, n=len(without))
        )
    granted = [_judge(course, one, held=held, by=by, at=at) for one in enrolments]
    transitions.apply(course, "conclude", lifecycle=COURSE, by=by, at=at)
    passed = sum(1 for one in enrolments if one.status == "PASSED")
    return Outcome(
        passed=passed,
        failed=len(enrolments) - passed,
        certificates=sum(1 for one in granted if one is not None),
    )


def _judge(
    course: Course, enrolment: Enrolment, *, held: int, by: Actor, at: datetime
) -> Certificate | None:
    attended = attended_of(course, enrolment.person)
    share = 100 * attended // held  # never rounded up to what was asked for
    is_there = 100 * attended >= course.least_percent * held
    because = f"出勤 {attended}/{held}（{share}%，要求 {course.least_percent}%）"
    is_good = True
    if course.pass_mark is not None and enrolment.mark is not None:
        is_good = enrolment.mark >= course.pass_mark
        because += f"；成绩 {enrolment.mark}（及格 {course.pass_mark}）"
    verb = "pass" if is_there and is_good else "fail"
    certificate = None
    if verb == "pass" and course.skill is not None:
        on = at.astimezone(SHANGHAI).date()
        certificate = add_certificate(
            person=enrolment.person,
            proof=Proof(
                skill=course.skill,
                issued_on=on,
                expires_on=on + relativedelta(months=course.valid_months),
                number=enrolment.number,
                issuer=course.unit.name,
            ),
            by=by,
            at=at,
        )
    changes = {
        "attended": attended,
        "held": held,
        "because": because,
        "certificate": certificate,
    }
    transitions.apply(
        enrolment, verb, lifecycle=ENROLMENT, by=by, at=at, note=because, changes=changes
    )
    return certificate


def attended_of(course: Course, person: Person) -> int:
    """Return at how many held sessions of a course somebody was."""
    return course.sessions.filter(
        status__in=HELD, signups__person=person, signups__status="ATTENDED"
    ).count()


@transaction.atomic
def cancel(*, course: Course, reason: str, by: Actor, at: datetime) -> int:
    """Call a course off with what is ahead of it; return how many sessions.

    Raises:
        InvalidInputError: no reason is given.
    """
    if len(reason) < 2:
        raise InvalidInputError("请写明取消的原因。", field="reason")
    transitions.apply(course, "cancel", lifecycle=COURSE, by=by, at=at, note=reason)
    ahead = list(course.sessions.filter(status__in=["ANNOUNCED", "UNDER_WAY"]))
    for session in ahead:
        sessions.cancel(session=session, reason=reason, by=by, at=at)
    return len(ahead)
