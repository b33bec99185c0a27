"""The secret address of a team's calendar: whoever knows it reads the team's visits."""

import secrets
from datetime import datetime

from django.db import transaction

from dianliang.core import audit
from dianliang.domain.workforce.models import Team
from dianliang.kernel.actor import Actor

BYTES = 24


def fresh_calendar_token() -> str:
    """Return a secret that nobody can guess."""
    return secrets.token_urlsafe(BYTES)


@transaction.atomic
def renew_calendar(*, team: Team, by: Actor, at: datetime) -> Team:
    """Give a team's calendar another address; the one before stops to work."""
    team.calendar_token = fresh_calendar_token()
    Team.objects.filter(pk=team.pk).update(calendar_token=team.calendar_token)
    audit.record("workforce.team.renew_calendar", target=team, by=by, at=at, reason=team.code)
    return team
