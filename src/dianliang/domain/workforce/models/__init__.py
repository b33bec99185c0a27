"""Tables of this room, by subject."""

from dianliang.domain.workforce.models.availability import Absence, WeeklySlot
from dianliang.domain.workforce.models.certificates import Certificate
from dianliang.domain.workforce.models.charges import Charge, ChargeKind
from dianliang.domain.workforce.models.grid import GridWorker
from dianliang.domain.workforce.models.merging import NotTheSame, PersonMerge, StaffList
from dianliang.domain.workforce.models.people import Guardian, Person, PersonRole, RoleKind
from dianliang.domain.workforce.models.teams import Attendance, Membership, Team

__all__ = [
    "Absence",
    "Attendance",
    "Certificate",
    "Charge",
    "ChargeKind",
    "GridWorker",
    "Guardian",
    "Membership",
    "NotTheSame",
    "Person",
    "PersonMerge",
    "PersonRole",
    "RoleKind",
    "StaffList",
    "Team",
    "WeeklySlot",
]
