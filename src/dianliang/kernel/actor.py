"""Who acts: a person or a program, in one role, with a scope."""

from dataclasses import dataclass
from enum import StrEnum


class Role(StrEnum):
    """The roles of the product; one session acts in exactly one of them."""

    RESIDENT = "resident"
    ENTERPRISE = "enterprise"
    STEWARD = "steward"
    CAPTAIN = "captain"
    DISPATCHER = "dispatcher"
    PARTY_AFFAIRS = "party_affairs"
    ALLIANCE_UNIT = "alliance_unit"
    COMMANDER = "commander"
    AUDITOR = "auditor"
    ADMINISTRATOR = "administrator"
    SYSTEM = "system"


STAFF = (
    Role.STEWARD,
    Role.CAPTAIN,
    Role.DISPATCHER,
    Role.PARTY_AFFAIRS,
    Role.ALLIANCE_UNIT,
    Role.COMMANDER,
    Role.AUDITOR,
    Role.ADMINISTRATOR,
)
"""Whoever works for us or with us, in whatever role."""
ROLE_LABELS: dict[Role, str] = {
    Role.RESIDENT: "居民",
    Role.ENTERPRISE: "企业",
    Role.STEWARD: "电管家",
    Role.CAPTAIN: "队长",
    Role.DISPATCHER: "调度员",
    Role.PARTY_AFFAIRS: "党建专责",
    Role.ALLIANCE_UNIT: "联盟单位",
    Role.COMMANDER: "指挥长",
    Role.AUDITOR: "审计员",
    Role.ADMINISTRATOR: "管理员",
    Role.SYSTEM: "系统",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """Who does something, in which role, and how far the role reaches.

    `unit_path` and `area_path` are materialised paths such as ``/AJ/AJ01/``: the role
    reaches everything whose path starts with them. ``""`` reaches nothing, ``"/"`` all.
    """

    id: str
    name: str
    role: Role
    unit_path: str = ""
    area_path: str = ""
    unit_code: str = ""
    person_number: str = ""
    team_codes: frozenset[str] = frozenset()

    @property
    def is_top(self) -> bool:
        """Tell whether the role reaches all, or a whole unit at the top of the directory."""
        return self.unit_path == "/" or self.unit_path.count("/") == 2

    def is_who(self, *, account: str, name: str = "", person: str = "") -> bool:
        """Tell whether it was this actor who did something, under whatever account.

        One person may have several accounts, so the personnel numbers are compared where both are
        known; where no `account` was kept, the `name` decides.
        """
        if person and person == self.person_number:
            return True
        return self.id == account if account else self.name == name

    def reaches_unit(self, path: str) -> bool:
        """Tell whether a unit with this path lies in the actor's scope."""
        return bool(self.unit_path) and path.startswith(self.unit_path)

    def reaches_area(self, path: str) -> bool:
        """Tell whether an area with this path lies in the actor's scope."""
        return bool(self.area_path) and path.startswith(self.area_path)


def are_surely_two(first: str, second: str) -> bool:
    """Tell whether two personnel numbers show two persons; where one is missing nothing does."""
    return bool(first and second and first != second)


SYSTEM = Actor(id="system", name="系统", role=Role.SYSTEM, unit_path="/", area_path="/")
