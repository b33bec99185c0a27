"""What a volunteer's page tells of his service: points, gifts, duties, certificates, courses."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from dianliang.core.rows import first_of
from dianliang.domain.intake.tokens import phone_key
from dianliang.domain.ledger.models import Account, Gift, Line
from dianliang.domain.ledger.wording import said
from dianliang.domain.programs.models import Enrolment
from dianliang.domain.rosters.queries import OnDuty, duties_of
from dianliang.domain.workforce.models import Certificate, Person
from dianliang.kernel.calendar import SHANGHAI

POINTS = ("volunteer_points", "member_points")
MOST_LINES = 12
AHEAD = timedelta(days=31)
SOON = timedelta(days=60)


@dataclass(frozen=True, slots=True, kw_only=True)
class PointLine:
    """What came or went, on which day, and for what."""

    on: date
    amount: str
    words: str
    is_counter: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class PointBook:
    """The points that somebody has in one book, with what happened last; `more` came before."""

    name: str
    amount: str
    lines: tuple[PointLine, ...]
    more: int


@dataclass(frozen=True, slots=True, kw_only=True)
class GiftRow:
    """Something that he gave under his telephone."""

    number: str
    drive: str
    what: str
    on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class PaperRow:
    """A certificate of a skill, and how long it counts."""

    skill: str
    number: str
    expires_on: date
    state: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CourseRow:
    """A course that he takes or took."""

    title: str
    unit_name: str
    status: str
    status_label: str
    because: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnService:
    """All of it; a block without rows is left out of the page."""

    points: tuple[PointBook, ...]
    gifts: tuple[GiftRow, ...]
    duties: tuple[OnDuty, ...]
    papers: tuple[PaperRow, ...]
    courses: tuple[CourseRow, ...]

    @property
    def more(self) -> int:
        """Return how many lines of points are not listed."""
        return sum(book.more for book in self.points)


def of_person(number: str, *, at: datetime, is_whole: bool = False) -> OwnService:
    """Return what is told to a person about his service. Some ten queries."""
    person = Person.objects.get(number=number)
    return OwnService(
        points=_points(number, is_whole=is_whole),
        gifts=_gifts(person),
        duties=duties_of(person.pk, since=at, until=at + AHEAD),
        papers=_papers(person, on=at.astimezone(SHANGHAI).date()),
        courses=_courses(person),
    )


def _points(number: str, *, is_whole: bool) -> tuple[PointBook, ...]:
    accounts = Account.objects.filter(
        holder_kind="person", holder_code=number, book__code__in=POINTS
    ).select_related("book")
    books = []
    for account in accounts.order_by("book__position", "book__code"):
        lines = Line.objects.filter(account=account).select_related("entry")
        latest, more = first_of(lines.order_by("-on", "-pk"), MOST_LINES, is_whole=is_whole)
        told = tuple(
            PointLine(
                on=line.on,
                amount=f"{line.amount:+d}",
                words=line.entry.words,
                is_counter=line.entry.reverses_id is not None,
            )
            for line in latest
        )
        amount = said(account.amount, account.book.quantity)
        books.append(PointBook(name=account.book.name, amount=amount, lines=told, more=more))
    return tuple(books)


def _gifts(person: Person) -> tuple[GiftRow, ...]:
    if not person.phone:
        return ()
    rows = Gift.objects.filter(giver_index=phone_key(person.phone), entry__reversed_by=None)
    return tuple(
        GiftRow(
            number=row.number,
            drive=row.drive.title,
            what=said(row.amount, row.book.quantity, article=row.article),
            on=row.on,
        )
        for row in rows.select_related("drive", "book", "article").order_by("-on", "-pk")
    )


def _papers(person: Person, *, on: date) -> tuple[PaperRow, ...]:
    rows = Certificate.objects.filter(person=person).select_related("skill")
    return tuple(
        PaperRow(
            skill=row.skill.name,
            number=row.number,
            expires_on=row.expires_on,
            state=_state(row, on),
        )
        for row in rows.order_by("-expires_on", "skill__code")
    )


def _state(row: Certificate, on: date) -> str:
    if row.is_withdrawn_on(on):
        return "withdrawn"
    if row.expires_on <= on:
        return "expired"
    return "soon" if row.expires_on <= on + SOON else "valid"


def _courses(person: Person) -> tuple[CourseRow, ...]:
    rows = Enrolment.objects.filter(person=person).select_related("course__unit")
    return tuple(
        CourseRow(
            title=row.course.title,
            unit_name=row.course.unit.name,
            status=row.status,
            status_label=row.get_status_display(),
            because=row.because,
        )
        for row in rows.order_by("-enrolled_at", "-pk")
    )
