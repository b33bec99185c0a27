"""The demo's accounts: one for each thing that there is to see."""

from dataclasses import dataclass

from django.contrib.auth.hashers import make_password

from dianliang.core.models import User
from dianliang.domain.directory.models import RoleAssignment, Unit
from dianliang.domain.workforce.models import Membership, Person, Team
from dianliang.kernel.actor import Role

PASSWORD = "dianliang-demo-2026"  # noqa: S105 (printed on the demo's start page)


@dataclass(frozen=True, slots=True)
class Login:
    """A demo account: what it is for and how to log in."""

    username: str
    role: str
    what_for: str


def open_accounts(
    company: Unit, stations: list[Unit], alliance: dict[str, Unit], teams: list[Team]
) -> tuple[Login, ...]:
    """Open one account for each thing that the demo shows; the same password for all."""
    secret = make_password(PASSWORD)
    logins = []
    for username, shown, role, unit, person, what in _plan(company, stations, alliance, teams):
        is_admin = role is Role.ADMINISTRATOR
        user = User.objects.create(
            username=username,
            display_name=shown,
            password=secret,
            is_staff=is_admin,
            is_superuser=is_admin,
            is_generated=True,
        )
        RoleAssignment.objects.create(user=user, role=role, unit=unit)
        if person is not None:
            Person.objects.filter(pk=person.pk).update(user=user)
        logins.append(Login(username, role, what))
    return tuple(logins)


Planned = tuple[str, str, Role, Unit, Person | None, str]


def _plan(
    company: Unit, stations: list[Unit], alliance: dict[str, Unit], teams: list[Team]
) -> list[Planned]:
    first, second = teams[0], teams[1]
    crew, crew2 = _crew(first), _crew(second)
    return [
        ("dispatcher", "县调度员", Role.DISPATCHER, alliance["LM"], None, "受理、派单、排计划"),
        ("station", "所调度员", Role.DISPATCHER, stations[0], None, "只看本所的需求与工单"),
        ("water", "水务坐席", Role.ALLIANCE_UNIT, alliance["WTR"], None, "联盟单位自己的队列"),
        (
            "captain",
            crew[0].person.name,
            Role.CAPTAIN,
            first.unit,
            crew[0].person,
            f"{first.name}队长",
        ),
        (
            "steward",
            crew[1].person.name,
            Role.STEWARD,
            first.unit,
            crew[1].person,
            f"{first.name}队员",
        ),
        (
            "steward2",
            crew2[1].person.name,
            Role.STEWARD,
            second.unit,
            crew2[1].person,
            f"{second.name}队员",
        ),
        ("party", "党建专责", Role.PARTY_AFFAIRS, company, None, "看指标与阵地"),
        ("party2", "党建主任", Role.PARTY_AFFAIRS, company, None, "批准专责提出的积分和捐赠"),
        ("commander", "指挥长", Role.COMMANDER, company, None, "看全局"),
        ("auditor", "审计员", Role.AUDITOR, alliance["LM"], None, "看审计轨迹"),
        ("admin", "管理员", Role.ADMINISTRATOR, alliance["LM"], None, "维护基础数据"),
    ]


def _crew(team: Team) -> list[Membership]:
    """Return a team's members, the captain first."""
    rows = Membership.objects.filter(team=team).order_by("-is_captain", "pk")
    return list(rows.select_related("person"))
