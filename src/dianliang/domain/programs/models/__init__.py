"""Tables of this room, by subject."""

from dianliang.domain.programs.models.activities import Activity, Participation, PhotoPair
from dianliang.domain.programs.models.campaigns import (
    Campaign,
    Correction,
    Evidence,
    Recheck,
    RecheckRound,
    Target,
)
from dianliang.domain.programs.models.courses import Course, Enrolment
from dianliang.domain.programs.models.lectures import Lecturer, LectureRequest, LectureTopic
from dianliang.domain.programs.models.offers import Bid, Offer, ServiceWay
from dianliang.domain.programs.models.presence import PresenceDay, PresenceDuty
from dianliang.domain.programs.models.series import Series, SeriesException
from dianliang.domain.programs.models.sessions import (
    Feedback,
    Session,
    SessionAttendance,
    SessionNotice,
    SessionPhoto,
    Signup,
)
from dianliang.domain.programs.models.volunteers import PersonalLink, Volunteer

__all__ = [
    "Activity",
    "Bid",
    "Campaign",
    "Correction",
    "Course",
    "Enrolment",
    "Evidence",
    "Feedback",
    "LectureRequest",
    "LectureTopic",
    "Lecturer",
    "Offer",
    "Participation",
    "PersonalLink",
    "PhotoPair",
    "PresenceDay",
    "PresenceDuty",
    "Recheck",
    "RecheckRound",
    "Series",
    "SeriesException",
    "ServiceWay",
    "Session",
    "SessionAttendance",
    "SessionNotice",
    "SessionPhoto",
    "Signup",
    "Target",
    "Volunteer",
]
