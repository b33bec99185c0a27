"""Lectures on demand as pages show them: requests, one with its ranking, the lecturers' pool."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Q

from dianliang.core.rows import Rows
from dianliang.domain.programs import session_access as access
from dianliang.domain.programs.lecturing import Ranked
from dianliang.domain.programs.lifecycle import LECTURE, LECTURE_LABELS
from dianliang.domain.programs.models import Lecturer, LectureRequest
from dianliang.domain.programs.operations import lectures as operations
from dianliang.flows.activities.lecturing import ranking
from dianliang.kernel.actor import Actor
from dianliang.kernel.phrases import phrase_of


@dataclass(frozen=True, slots=True, kw_only=True)
class LectureRow:
    """A request as lists show it."""

    number: str
    topic_name: str
    asked_for: str
    unit_name: str
    place: str
    wishes: tuple[datetime, ...]
    minutes: int
    audience: int
    status: str
    status_label: str
    lecturer_name: str
    session_number: str
    asked_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class LecturePage:
    """A request with who could give it."""

    row: LectureRow
    contact: str
    words: str
    reason: str
    ranking: tuple[Ranked, ...]
    wish: int | None
    verbs: tuple[str, ...]
    is_answering: bool
    may_answer: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class LecturerRow:
    """Somebody of the pool, with how many lectures he gave (30+, 001-13)."""

    number: str
    name: str
    unit_name: str
    topics: tuple[str, ...]
    most_a_month: int
    given: int
    promised: int
    is_active: bool


def request_list(*, by: Actor, status: str = "") -> Sequence[LectureRow]:
    """Return the requests that concern the actor's units, open ones first."""
    found = access.lectures(by).select_related(
        "topic", "unit", "area", "site", "lecturer__person", "session"
    )
    if status:
        found = found.filter(status=status)
    waits_first = found.annotate(waits=Q(status="ASKED")).order_by("-waits", "-asked_at", "-pk")
    return Rows(waits_first, lambda some: tuple(map(_row, some)))


def _row(request: LectureRequest) -> LectureRow:
    site = request.site
    return LectureRow(
        number=request.number,
        topic_name=request.topic.name,
        asked_for=request.asked_for,
        unit_name=request.unit.name,
        place=request.place or (site.name if site else request.area.name),
        wishes=operations.wishes_of(request),
        minutes=request.minutes,
        audience=request.audience,
        status=request.status,
        status_label=LECTURE_LABELS[request.status],
        lecturer_name=request.lecturer.person.name if request.lecturer else "",
        session_number=request.session.number if request.session else "",
        asked_at=request.asked_at,
    )


def request_page(*, number: str, by: Actor, at: datetime) -> LecturePage:
    """Return a request with the pool in order; of one that is arranged, the order of that moment.

    Who is away and why is read by those who answer only, not by those who ask.

    Raises:
        NotVisibleError: it is absent or not the actor's to see.
    """
    request = access.lecture_to_see(number, by=by)
    is_answering = by.reaches_unit(request.unit.path)
    ranked = tuple(
        Ranked(number=n, name=name, unit_name="", wish=wish, reasons=tuple(map(phrase_of, reasons)))
        for n, name, wish, reasons in request.ranking
    )
    if is_answering and request.status == "ASKED":
        ranked = ranking(request, at=at)
    return LecturePage(
        row=_row(request),
        contact=request.contact,
        words=request.words,
        reason=request.reason,
        ranking=ranked if is_answering else (),
        wish=request.wish,
        verbs=tuple(step.verb for step in LECTURE.verbs(request.status, role=by.role)),
        is_answering=is_answering,
        may_answer=is_answering and by.role in access.LEADERS,
    )


def pool(*, by: Actor) -> tuple[LecturerRow, ...]:
    """Return the lecturers of the actor's units, with lectures given and promised. Two queries."""
    given = Q(person__signups__role="lecturer", person__signups__status="ATTENDED")
    promised = Q(person__signups__role="lecturer", person__signups__status="PLACED")
    own = Lecturer.objects.filter(person__unit__path__startswith=by.unit_path or "-")
    found = own.annotate(
        given=Count("person__signups", filter=given, distinct=True),
        promised=Count("person__signups", filter=promised, distinct=True),
    )
    in_order = found.order_by("person__number")  # with sums it has no order of its own
    return tuple(
        LecturerRow(
            number=row.person.number,
            name=row.person.name,
            unit_name=row.person.unit.name,
            topics=tuple(topic.name for topic in row.topics.all()),
            most_a_month=row.most_a_month,
            given=vars(row)["given"],
            promised=vars(row)["promised"],
            is_active=row.is_active,
        )
        for row in in_order.select_related("person__unit").prefetch_related("topics")
    )
