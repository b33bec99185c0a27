"""What the rooms keep of somebody who serves: his to have, and to have forgotten (PIPL 45, 47)."""

from collections.abc import Collection
from typing import Any

from dianliang.core import files
from dianliang.core.models import StoredFile
from dianliang.domain.appraisal.models import Appeal as RatingAppeal
from dianliang.domain.appraisal.models import Duty, DutyEvidence, Standing
from dianliang.domain.branches.models import Attachment, Belonging, Posting, Secondment, Task
from dianliang.domain.honours.models import Honour, Nominee
from dianliang.domain.hours.models import HourRecord, ServiceCertificate
from dianliang.domain.incidents.models import Incident, OperationalPeriod
from dianliang.domain.ledger.models import Appeal as PointAppeal
from dianliang.domain.ledger.models import Line, Redemption
from dianliang.domain.ledger.wording import said
from dianliang.domain.mobilisation import positions
from dianliang.domain.programs.models import Enrolment, Lecturer, Participation
from dianliang.domain.resources.models import Movement
from dianliang.domain.rosters.models import Turn
from dianliang.domain.venues.models import Booking
from dianliang.domain.work.models import Visit
from dianliang.domain.workforce import merging
from dianliang.domain.workforce.models import Person
from dianliang.flows.confidential import talks_of


def person_of(row: Person) -> dict[str, Any]:
    """Return what is kept of a person, with his service, as plain data."""
    guardian = getattr(row, "guardian", None)
    return {
        "number": row.number,
        "name": row.whole_name,
        "phone": row.phone,
        "document": row.document,
        "born": row.born,
        "unit": row.unit.name,
        "guardian": [guardian.name, guardian.phone] if guardian else [],
        "roles": [[role.kind.name, str(role.valid_from)] for role in row.roles.all()],
        "certificates": [
            [paper.skill.name, paper.number, str(paper.issued_on), str(paper.expires_on)]
            for paper in row.certificates.all()
        ],
        "served": kept(row),
    }


def kept(person: Person) -> dict[str, Any]:
    """Return what is kept of a person's service, as plain data."""
    return {
        "teams": [
            [row.team.name, str(row.valid_from), str(row.valid_until or "")]
            for row in person.memberships.select_related("team")
        ],
        "hours": [_hour(row) for row in HourRecord.objects.filter(person=person).order_by("pk")],
        "service_certificates": [
            [row.number, row.name, row.document_number, str(row.issued_on), row.status]
            for row in ServiceCertificate.objects.filter(person=person).order_by("pk")
        ],
        "activities": [
            [row.activity.number, row.activity.title, row.activity.started_at.isoformat()]
            for row in Participation.objects.filter(person=person).select_related("activity")
        ],
        "visits": list(
            Visit.objects.filter(done_by=person).order_by("pk").values_list("number", flat=True)
        ),
        "courses": [
            [row.course.title, row.get_status_display(), row.mark, row.because]
            for row in Enrolment.objects.filter(person=person).select_related("course")
        ],
        "lecturer": [
            [[topic.name for topic in row.topics.all()], row.words]
            for row in Lecturer.objects.filter(person=person)
        ],
        "turns": [
            [row.shift.roster.title, row.shift.starts_at.isoformat(), row.shift.ends_at.isoformat()]
            for row in Turn.objects.filter(person=person, is_live=True).select_related(
                "shift__roster"
            )
        ],
        "commanded": _commanded(person),
        "account_bookings": _bookings(person),
        "stock_movements": _movements(person),
        **positions.kept(person),
        **_ledger(person),
        **_party(person),
        **_rated(person),
        **talks_of(person),
    }


def _hour(row: HourRecord) -> dict[str, Any]:
    return {
        "number": row.number,
        "started_at": row.started_at.isoformat(),
        "ended_at": row.ended_at.isoformat(),
        "minutes": row.minutes,
        "is_verified": row.is_verified,
        "source": [row.source_kind, row.source_number],
        "role": row.role,
        "content": row.content,
        "words": row.words,
        "status": row.status,
        "review_words": row.review_words,
    }


def _commanded(person: Person) -> list[list[str]]:
    """Return the incidents and the shifts of them that the person commands or commanded."""
    incidents = Incident.objects.filter(commander=person).order_by("pk")
    shifts = OperationalPeriod.objects.filter(commander=person).select_related("incident")
    return [
        *([row.number, row.title, row.opened_at.isoformat()] for row in incidents),
        *(
            [row.incident.number, f"{row.position}", row.starts_at.isoformat()]
            for row in shifts.order_by("pk")
        ),
    ]


def account_of(person: Person) -> str:
    """Return how records name a person's account; what no record names where he has none."""
    return f"user:{person.user.username}" if person.user else "-"


def _bookings(person: Person) -> list[list[str]]:
    """Return what was booked with the person's account."""
    rows = Booking.objects.filter(booker_id=account_of(person))
    return [
        [row.number, row.bookable.name, row.starts_at.isoformat(), row.purpose, row.status]
        for row in rows.select_related("bookable").order_by("pk")
    ]


def _movements(person: Person) -> list[list[str]]:
    """Return what the person took out of stores or put into them with his account."""
    if person.user is None:
        return []
    rows = Movement.objects.filter(by_id=f"user:{person.user.username}")
    return [
        [row.number, f"{row.stock}", f"{row.pieces}", row.at.isoformat(), row.purpose_number]
        for row in rows.select_related("stock__store", "stock__item").order_by("pk")
    ]


def _ledger(person: Person) -> dict[str, Any]:
    lines = Line.objects.filter(
        account__holder_kind="person", account__holder_code__in=merging.numbers_of(person)
    ).select_related("entry__book", "account__article")
    redeemed = Redemption.objects.filter(person=person).select_related("article")
    return {
        "ledger": [
            [
                line.entry.book.name,
                str(line.on),
                said(line.amount, line.entry.book.quantity, article=line.account.article),
                line.entry.words,
            ]
            for line in lines.order_by("pk")
        ],
        "redemptions": [
            [row.number, row.article.name, row.pieces, row.points, row.at.isoformat()]
            for row in redeemed.order_by("pk")
        ],
    }


def _party(person: Person) -> dict[str, Any]:
    """Return what branches keep: whether somebody is in the party is sensitive, and his to know."""
    return {
        "is_party_member": person.is_party_member,
        "branches": [
            [str(row.branch or ""), str(row.from_on), row.reason]
            for row in Belonging.objects.filter(person=person).select_related("branch__unit")
        ],
        "attachments": [
            [str(row.branch), str(row.from_on), str(row.until_on)]
            for row in Attachment.objects.filter(person=person).select_related("branch__unit")
        ],
        "posts": [
            [str(row.branch), row.kind.name, str(row.from_on)]
            for row in Posting.objects.filter(person=person).select_related("branch__unit", "kind")
        ],
        "secondments": [
            [row.number, str(row.branch), row.post, str(row.from_on), row.appraisal]
            for row in Secondment.objects.filter(person=person).select_related("branch__unit")
        ],
        "tasks": [
            [row.number, row.title, str(row.due_on), row.status]
            for row in Task.objects.filter(person=person).order_by("pk")
        ],
    }


def _rated(person: Person) -> dict[str, Any]:
    """Return what was asked of a person, how he was rated and chosen, and how he objected."""
    duties = Duty.objects.filter(person=person).prefetch_related("evidence").order_by("pk")
    standings = Standing.objects.filter(person=person).select_related("result__round")
    own = account_of(person)
    return {
        "duties": [
            [row.number, row.title, row.status, [[e.words, e.added_by] for e in row.evidence.all()]]
            for row in duties
        ],
        "ratings": [
            [row.result.round.title, str(row.score), row.place, row.band]
            for row in standings.order_by("pk")
        ],
        "rating_appeals": [
            [row.number, row.words, row.because]
            for row in RatingAppeal.objects.filter(made_by=own).order_by("pk")
        ],
        "point_appeals": [
            [row.number, row.words, row.because]
            for row in PointAppeal.objects.filter(made_by=own).order_by("pk")
        ],
        "nominations": [
            [row.number, row.words, row.status]
            for row in Nominee.objects.filter(person=person).order_by("pk")
        ],
        "honours": [
            [row.number, row.title, str(row.on), row.story]
            for row in Honour.objects.filter(person=person).order_by("pk")
        ],
    }


def forget(people: Collection[Person], *, words: str) -> None:
    """Forget what was written of people and by them; that it was, and how it ended, stays."""
    evidence = DutyEvidence.objects.filter(duty__person__in=people)
    shown = set(evidence.exclude(file=None).values_list("file_id", flat=True))
    evidence.update(words=words, file=None)
    files.drop(StoredFile.objects.filter(pk__in=shown))
    own = [account_of(person) for person in people if person.user]
    RatingAppeal.objects.filter(made_by__in=own).update(words=words)
    PointAppeal.objects.filter(made_by__in=own).update(words=words)
    Nominee.objects.filter(person__in=people).update(words=words)
    Honour.objects.filter(person__in=people).update(story="", is_model=False)
    positions.erase(person.pk for person in people)
