"""What becomes of activities when two rows turn out to be one person: each thing is kept once."""

from collections.abc import Mapping
from typing import Any

from dianliang.domain.programs.lifecycle import COUNTS_AS_DONE
from dianliang.domain.programs.models import (
    Enrolment,
    Feedback,
    Lecturer,
    LectureRequest,
    PersonalLink,
    SessionAttendance,
    Signup,
    Target,
    Volunteer,
)
from dianliang.domain.workforce.models import Person

PRESENT = ("PLACED", "WAITING", "ATTENDED", "ABSENT")
ORDER = ("ATTENDED", "PLACED", "WAITING", "ABSENT")
"""Of two sign-ups for one session the one that says most is kept."""
STANDING = ("PASSED", "FAILED", "ENROLLED", "WITHDRAWN")
"""Likewise of two enrolments in one course."""


def signups(kept: Person, gone: Person) -> Mapping[str, Any]:
    """Keep one sign-up of two for one session: that which says more."""
    own = {row.session_id: row for row in Signup.objects.filter(person=kept, status__in=PRESENT)}
    dropped = []
    twice = Signup.objects.filter(person=gone, status__in=PRESENT, session__in=own)
    for other in twice.select_related("session"):
        mine = own[other.session_id]
        weaker = max(mine, other, key=lambda row: ORDER.index(row.status))
        SessionAttendance.objects.filter(signup=weaker).delete()
        Feedback.objects.filter(signup=weaker).delete()
        dropped.append(other.session.number)
        weaker.delete()
    return {"signups": dropped} if dropped else {}


def portal(kept: Person, gone: Person) -> Mapping[str, Any]:
    """Keep one entry of the portal, and make the links of both ask for a check-in again."""
    if Volunteer.objects.filter(person=kept).exists():
        Volunteer.objects.filter(person=gone).delete()
    PersonalLink.objects.filter(person__in=[kept, gone]).update(is_confirmed=False)
    return {}


def lecturer(kept: Person, gone: Person) -> Mapping[str, Any]:
    """Make one lecturer of two, who speaks on the topics of both."""
    mine = Lecturer.objects.filter(person=kept).first()
    other = Lecturer.objects.filter(person=gone).first()
    if mine is None or other is None:
        return {}
    mine.topics.add(*other.topics.all())
    LectureRequest.objects.filter(lecturer=other).update(lecturer=mine)
    other.delete()
    return {"lecturer": [gone.number]}


def enrolments(kept: Person, gone: Person) -> Mapping[str, Any]:
    """Keep one enrolment of two in one course: that which says more."""
    own = {row.course_id: row for row in Enrolment.objects.filter(person=kept)}
    dropped = []
    twice = Enrolment.objects.filter(person=gone, course__in=own).select_related("course")
    for other in twice:
        mine = own[other.course_id]
        weaker = max(mine, other, key=lambda row: STANDING.index(row.status))
        dropped.append(other.course.number)
        weaker.delete()
    return {"enrolments": dropped} if dropped else {}


def targets(kept: Person, gone: Person) -> Mapping[str, Any]:
    """Count a person once in a campaign that lists people: what is done before what is not."""
    own = {row.campaign_id: row for row in Target.objects.filter(person=kept)}
    dropped = []
    twice = Target.objects.filter(person=gone, campaign__in=own).select_related("campaign")
    for other in twice:
        mine = own[other.campaign_id]
        better, weaker = (other, mine) if _says_more(other, mine) else (mine, other)
        weaker.rechecks.filter(round__in=better.rechecks.values("round")).delete()
        for name in ("evidence", "corrections", "rechecks"):
            getattr(weaker, name).update(target=better)
        dropped.append(weaker.number)
        weaker.delete()
        Target.objects.filter(pk=better.pk).update(person=kept)
    return {"targets": dropped} if dropped else {}


def _says_more(first: Target, second: Target) -> bool:
    return first.status in COUNTS_AS_DONE and second.status not in COUNTS_AS_DONE


FOLDS = (signups, portal, lecturer, enrolments, targets)
