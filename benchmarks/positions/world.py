"""Prepare and count what phones tell: ``python -m benchmarks.positions.world prepare | count``.

Runs in a process of its own with the server's settings: 184 teams with 3684 people, each with an
account and a session, in action in the demo's drill.
"""

import json
import sys
from datetime import timedelta
from typing import Any

from benchmarks.field.world import _session

READERS = ("dispatcher", "commander")


def prepare(people: int, teams: int) -> dict[str, Any]:
    """Give each person an account with a session; put the teams to the incident."""
    from django.db import transaction

    from dianliang.core.models import User
    from dianliang.domain.directory.models import RoleAssignment
    from dianliang.domain.incidents.models import Incident
    from dianliang.domain.workforce.models import Membership, Person, Team
    from dianliang.faces.ui.requests import today

    on = today()
    incident = Incident.objects.get(status="ACTIVE")
    pattern = Team.objects.select_related("unit").order_by("pk")[0]
    made = []
    for n in range(teams):
        team = Team.objects.get(pk=pattern.pk)
        team.pk, team.code, team.name, team.calendar_token = None, f"P{n}", f"P{n}", f"p{n}"
        made.append(team)
    made = Team.objects.bulk_create(made)
    users = User.objects.bulk_create(
        User(username=f"pos{n}", display_name=f"pos{n}", password="!") for n in range(people)
    )
    persons = Person.objects.bulk_create(
        Person(number=f"P{n}", name=f"pos{n}", unit=pattern.unit, user=user)
        for n, user in enumerate(users)
    )
    RoleAssignment.objects.bulk_create(
        RoleAssignment(user=user, role="steward", unit=pattern.unit) for user in users
    )
    Membership.objects.bulk_create(
        Membership(team=made[n % teams], person=person, valid_from=on - timedelta(days=9))
        for n, person in enumerate(persons)
    )
    incident.teams.add(*made)
    with transaction.atomic():
        phones = [(f"user:{user.username}", _session(user)) for user in users]
        readers = [_session(User.objects.get(username=name)) for name in READERS]
    return {"phones": phones, "readers": readers, "incident": incident.number}


def count() -> dict[str, int]:
    """Count what was kept."""
    from dianliang.domain.mobilisation.models import TrackPoint, Whereabouts

    mine = {"person__number__startswith": "P"}
    return {
        "latest": Whereabouts.objects.filter(**mine).count(),
        "track": TrackPoint.objects.filter(**mine).count(),
    }


def main() -> None:
    """Do what was asked and print it as JSON."""
    import django

    django.setup()
    if sys.argv[1] == "prepare":
        print(json.dumps(prepare(int(sys.argv[2]), int(sys.argv[3]))))
    else:
        print(json.dumps(count()))


if __name__ == "__main__":
    main()
