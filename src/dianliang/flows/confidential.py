"""What appeals, talks and objections keep of a person: handed out, forgotten, gone with time.

A talk is handed out whole to who was talked with; of one that he led, what he promised. Employees'
letters (`domain.voices`) are not: whoever runs the hand-out would learn that somebody wrote one.
Who wrote reads his letter by its link.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet

from dianliang.domain.honours.models import Objection
from dianliang.domain.intake.tokens import phone_key
from dianliang.domain.talks.models import Promise, Talk
from dianliang.domain.voices.models import Said, Voice
from dianliang.domain.workforce.models import Person
from dianliang.kernel.calendar import SHANGHAI

ENDED = ("CLOSED", "WITHDRAWN")


def export(phone: str) -> dict[str, Any]:
    """Return the objections to elections that give a phone."""
    return {
        "honour_objections": [
            [row.number, row.made_at.isoformat(), row.name, row.contact, row.words, row.decision]
            for row in _objections(phone)
        ]
    }


def talks_of(person: Person) -> dict[str, Any]:
    """Return the talks with a person, and what he promised in those that he led."""
    rows = Talk.objects.prefetch_related("promises").order_by("pk")
    return {
        "talks": [
            {
                "number": row.number,
                "planned_on": str(row.planned_on),
                "held_on": str(row.held_on or ""),
                "closed_on": str(row.closed_on or ""),
                "occasion": row.occasion,
                "purpose": row.purpose,
                "notes": row.notes,
                "outcome": row.outcome,
                "promises": [[one.words, one.done_words] for one in row.promises.all()],
            }
            for row in rows.filter(person=person)
        ],
        "talks_led": [
            [
                row.number,
                str(row.planned_on),
                [[one.words, one.done_words] for one in row.promises.all() if one.is_leaders],
            ]
            for row in rows.filter(leader=person)
        ],
    }


def going_on(phone: str) -> list[str]:
    """Return the objections that are not decided yet."""
    return [row.number for row in _objections(phone) if row.status == "OPEN"]


def erase(*, phone: str, people: Iterable[Person], words: str) -> None:
    """Forget who objected, the ended appeals under a phone, and what talks noted of a person."""
    _forget_objections(Objection.objects.filter(pk__in=[o.pk for o in _objections(phone)]), words)
    ended = Voice.objects.filter(contact_index=phone_key(phone) or "-", status__in=ENDED)
    _forget_voices(ended, words)
    _forget_talks(Talk.objects.filter(person__in=list(people)), words)


def expire(*, before: datetime, words: str) -> None:
    """Forget the words of what ended before a day; that it was, and how it went, stays."""
    _forget_objections(Objection.objects.filter(decided_at__lt=before), words)
    closed = Voice.objects.filter(closed_at__lt=before)
    day = before.astimezone(SHANGHAI).date()
    withdrawn = Voice.objects.filter(status="WITHDRAWN", received_on__lt=day)
    _forget_voices(closed | withdrawn, words)
    over = Q(closed_on__lt=day) | Q(status="CANCELLED", planned_on__lt=day)
    _forget_talks(Talk.objects.filter(over), words)


def _objections(phone: str) -> list[Objection]:
    """Return the objections that give a phone; sealed, they are read one by one."""
    if not phone:
        return []
    rows = Objection.objects.exclude(contact="")
    return [row for row in rows if phone in "".join(filter(str.isdigit, row.contact))]


def _forget_objections(rows: QuerySet[Objection], words: str) -> None:
    rows.update(name="", contact="", words=words)


def _forget_voices(rows: QuerySet[Voice], words: str) -> None:
    Said.objects.filter(voice__in=rows).update(words=words)
    Voice.objects.filter(pk__in=list(rows.values_list("pk", flat=True))).update(
        words=words, name="", contact="", contact_index=""
    )


def _forget_talks(rows: QuerySet[Talk], words: str) -> None:
    Promise.objects.filter(talk__in=rows).update(words=words, done_words="")
    rows.update(purpose=words, notes="", outcome="")
