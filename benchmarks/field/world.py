"""Prepare and count what the phones replay: ``python -m benchmarks.field.world prepare | count``.

Runs in a process of its own with the server's settings. Every device is one steward with a team,
a session and visits of his own.
"""

import json
import sys
from datetime import date, datetime, timedelta
from typing import Any

STEPS = 4
BACKEND = "django.contrib.auth.backends.ModelBackend"


def prepare(devices: int, operations: int, *, on: date, at: datetime) -> list[dict[str, Any]]:
    """Give each device an account with a session, and enough visits for its operations."""
    from dianliang.core.models import User
    from dianliang.domain.directory.models import RoleAssignment
    from dianliang.domain.workforce.models import Membership, Person, Team

    pattern = Team.objects.select_related("unit").order_by("pk")[0]
    found = []
    for n in range(devices):
        team = Team.objects.get(pk=pattern.pk)
        team.pk, team.code, team.name, team.calendar_token = None, f"B{n}", f"B{n}", f"b{n}"
        team.save(force_insert=True)
        user = User.objects.create_user(f"bench{n}", display_name=f"bench{n}")
        person = Person.objects.create(
            number=f"B{n}", name=f"bench{n}", phone="19900000000", unit=team.unit, user=user
        )
        RoleAssignment.objects.create(user=user, role="steward", unit=team.unit)
        Membership.objects.create(team=team, person=person, valid_from=on - timedelta(days=9))
        numbers = _visits(team, operations // STEPS, on=on, at=at)
        device = {"account": f"user:{user.username}", "numbers": numbers, "session": _session(user)}
        found.append(device)
    return found


def _visits(team: Any, count: int, *, on: date, at: datetime) -> list[str]:
    from dianliang.domain.territory.models import Area
    from dianliang.domain.work.models import Job, Visit

    area = Area.objects.filter(level="village").order_by("pk")[0]
    jobs = Job.objects.bulk_create(
        Job(
            number=f"{team.code}-{n}",
            title="核对",
            area=area,
            lat=30.6,
            lon=119.6,
            unit=team.unit,
            status="SCHEDULED",
            opened_at=at - timedelta(days=1),
            due_at=at + timedelta(days=1),
            duration_min=10,
            checklist=[],
        )
        for n in range(count)
    )
    visits = Visit.objects.bulk_create(
        Visit(
            number=f"V{job.number}",
            job=job,
            team=team,
            on=on,
            sequence=place + 1,
            arrive_at=at,
            depart_at=at + timedelta(minutes=10),
            status="SCHEDULED",
        )
        for place, job in enumerate(jobs)
    )
    return [visit.number for visit in visits]


def _session(user: Any) -> str:
    from django.contrib.auth import login
    from django.contrib.sessions.backends.db import SessionStore
    from django.http import HttpRequest

    request = HttpRequest()
    request.session = SessionStore()
    login(request, user, backend=BACKEND)
    request.session.save()
    return str(request.session.session_key)


def count() -> dict[str, int]:
    """Count what the replay left: visits done, answers kept, events, and events written twice."""
    from django.db.models import Count

    from dianliang.core.models import AuditEvent, IdempotencyRecord
    from dianliang.domain.work.models import Visit

    events = AuditEvent.objects.filter(target_type="work.visit", target_id__startswith="VB")
    twice = events.values("verb", "target_id").annotate(n=Count("id")).filter(n__gt=1)
    return {
        "done": Visit.objects.filter(number__startswith="VB", status="DONE").count(),
        "answers": IdempotencyRecord.objects.filter(scope__startswith="field-op:").count(),
        "events": events.count(),
        "twice": twice.count(),
    }


def main() -> None:
    """Do what was asked and print it as JSON."""
    import django

    django.setup()
    from dianliang.faces.ui.requests import now, today

    if sys.argv[1] == "prepare":
        devices, operations = int(sys.argv[2]), int(sys.argv[3])
        print(json.dumps(prepare(devices, operations, on=today(), at=now())))
    else:
        print(json.dumps(count()))


if __name__ == "__main__":
    main()
