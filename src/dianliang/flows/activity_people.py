"""What activities keep of people who are not staff: handed out and erased when they ask (PIPL)."""

from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet

from dianliang.domain.programs.lifecycle import IS_COMING
from dianliang.domain.programs.models import (
    Feedback,
    LectureRequest,
    Offer,
    PersonalLink,
    Signup,
    Volunteer,
)
from dianliang.domain.workforce.keys import phone_key
from dianliang.domain.workforce.models import Person
from dianliang.kernel.masking import mask_name

_NOBODY = {"contact": "", "phone_index": "", "token_hash": None, "words": ""}


def is_public(person: Person) -> bool:
    """Tell whether somebody came by himself through the portal and has no account."""
    return person.user_id is None and Volunteer.objects.filter(person=person).exists()


def still_coming(phone: str, *, at: datetime) -> list[str]:
    """Return the numbers of what a person is expected at: it must be given up before erasing."""
    index = phone_key(phone)
    sessions = Signup.objects.filter(
        person__phone_index=index,
        person__volunteer__isnull=False,
        status__in=IS_COMING,
        session__status__in=["ANNOUNCED", "UNDER_WAY"],
        session__ends_at__gt=at,
    ).values_list("session__number", flat=True)
    booked = _bookings(phone).filter(status="TAKEN", ends_at__gt=at)
    asked = _lectures(phone).filter(
        Q(status="ASKED") | Q(session__status__in=["ANNOUNCED", "UNDER_WAY"])
    )
    return [
        *sessions,
        *booked.values_list("number", flat=True),
        *asked.values_list("number", flat=True),
    ]


def _bookings(phone: str) -> Any:
    index = phone_key(phone)
    return Offer.objects.filter(phone_index=index) if index else Offer.objects.none()


def export(phone: str) -> dict[str, Any]:
    """Return what activities keep about whoever has this number, as plain data."""
    people = Person.objects.filter(phone_index=phone_key(phone) or "-")
    signups = Signup.objects.filter(person__in=people)
    return {
        "signups": [
            _signup(row) for row in signups.select_related("session", "attendance", "feedback")
        ],
        "bookings": [
            [row.number, row.service.name, row.asker, row.asker_phone, row.address, row.words]
            for row in _bookings(phone).select_related("service")
        ],
    }


def _lectures(phone: str) -> QuerySet[LectureRequest]:
    index = phone_key(phone)
    return LectureRequest.objects.filter(phone_index=index or "-").order_by("pk")


def lectures(phone: str) -> list[list[str]]:
    """Return the lectures that whoever has this number asked for, as plain data."""
    return [
        [row.number, row.topic.name, row.asked_for, row.contact, row.place, row.words, row.status]
        for row in _lectures(phone).select_related("topic")
    ]


def over(before: datetime) -> QuerySet[LectureRequest]:
    """Return the requests for lectures that were settled before an instant and name somebody."""
    settled = Q(session__ends_at__lt=before) | Q(
        status__in=["DECLINED", "WITHDRAWN"], asked_at__lt=before
    )
    return LectureRequest.objects.filter(settled).exclude(
        contact="", phone_index="", token_hash=None
    )


def expire(before: datetime) -> int:
    """Take persons out of requests for lectures that were settled long ago."""
    return over(before).update(**_NOBODY)


def _signup(row: Signup) -> dict[str, Any]:
    attendance = getattr(row, "attendance", None)
    feedback = getattr(row, "feedback", None)
    return {
        "session": row.session.number,
        "title": row.session.title,
        "status": row.get_status_display(),
        "signed_at": row.signed_at.isoformat(),
        "checked_in_at": attendance.checked_in_at.isoformat() if attendance else None,
        "place": [attendance.lat, attendance.lon] if attendance else [],
        "rating": [feedback.stars, feedback.words] if feedback else [],
    }


def erase(phone: str) -> int:
    """Forget who somebody is and how to reach him; that he came stays counted. Returns how many.

    Of staff who also came through the portal only words and places go: their record is the
    employer's.
    """
    count = 0
    for person in list(Person.objects.filter(phone_index=phone_key(phone) or "-")):
        signups = Signup.objects.filter(person=person)
        Feedback.objects.filter(signup__in=signups).update(words="")
        signups.update(reason="")
        for signup in signups.filter(attendance__isnull=False).select_related("attendance"):
            attendance = signup.attendance
            type(attendance).objects.filter(pk=attendance.pk).update(
                lat=None, lon=None, noted_by=mask_name(attendance.noted_by)
            )
        PersonalLink.objects.filter(person=person).delete()
        if is_public(person):
            Volunteer.objects.filter(person=person).delete()
            Person.objects.filter(pk=person.pk).update(
                name=mask_name(person.name), phone="", phone_index="", is_active=False
            )
            count += 1
    _bookings(phone).update(
        asker="", asker_phone="", phone_index="", token_hash="", address="", words=""
    )
    _lectures(phone).update(**_NOBODY)
    return count
