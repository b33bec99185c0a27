"""Who serves no longer leaves everything at once: his teams, his roles, his turns to come."""

from datetime import date, datetime

from django.db.models import Q

from dianliang.domain.workforce import registering, teaming
from dianliang.domain.workforce.models import Person, PersonRole
from dianliang.flows.rosters import leaving
from dianliang.kernel.actor import Actor


def part(*, person: Person, on: date, by: Actor, at: datetime) -> None:
    """End the memberships and roles of somebody with his last day, and open his turns after it."""
    leaving.after_leaving(person=person, on=on, by=by, at=at)
    teaming.leave_all(person=person, on=on, by=by, at=at)
    going_on = Q(valid_until=None) | Q(valid_until__gt=on)
    for role in PersonRole.objects.filter(going_on, person=person, valid_from__lte=on):
        registering.end_role(role=role, on=on, by=by, at=at)
