"""The calendars of teams: where they are, and a new address when the old one got about."""

from dataclasses import dataclass
from datetime import datetime

from dianliang.domain.workforce.calendars import renew_calendar
from dianliang.domain.workforce.models import Team
from dianliang.kernel.actor import SYSTEM, Actor
from dianliang.kernel.errors import InvalidInputError
from dianliang.kernel.phrases import Phrase


@dataclass(frozen=True, slots=True, kw_only=True)
class TeamCalendar:
    """A team that can be planned, and the secret of its calendar."""

    code: str
    name: str
    unit_name: str
    is_volunteer: bool
    token: str


def team_calendars(*, by: Actor) -> tuple[TeamCalendar, ...]:
    """Return the teams of an actor's units."""
    rows = Team.objects.filter(is_active=True, unit__path__startswith=by.unit_path or "?")
    return tuple(_row(team) for team in rows.select_related("unit").order_by("code"))


def team_calendar(*, team_code: str, renew: bool, by: Actor = SYSTEM, at: datetime) -> TeamCalendar:
    """Return a team's calendar, under a new address if asked.

    Raises:
        InvalidInputError: there is no such team.
    """
    rows = Team.objects.select_related("unit").filter(code=team_code, is_active=True)
    team = rows.first()
    if team is None:
        raise InvalidInputError(
            Phrase("没有启用的队伍 %(team_code)s。", team_code=team_code), field="team"
        )
    return _row(renew_calendar(team=team, by=by, at=at) if renew else team)


def _row(team: Team) -> TeamCalendar:
    return TeamCalendar(
        code=team.code,
        name=team.name,
        unit_name=team.unit.name,
        is_volunteer=team.is_volunteer,
        token=team.calendar_token,
    )
