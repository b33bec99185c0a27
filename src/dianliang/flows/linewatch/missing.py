"""What a person saw and the guard did not tell: it counts beside what the guard got right."""

from datetime import datetime

from django.db import transaction

from dianliang.domain.linewatch import access
from dianliang.domain.linewatch.operations import spot
from dianliang.domain.linewatch.spot_models import Miss
from dianliang.flows.linewatch import answering
from dianliang.kernel.actor import Actor
from dianliang.kernel.text import clean_text


@transaction.atomic
def report(
    *,
    number: str,
    kind: str,
    people: int,
    happened_at: datetime,
    words: str,
    by: Actor,
    at: datetime,
) -> Miss:
    """Report that somebody stayed in a zone of a camera and nothing was told (漏报).

    What was missed speaks for other thresholds like any answer; a person decides on them.

    Raises:
        NotVisibleError: the camera is absent, or the actor may not report of it.
        UnableToReportMissError: when, what or how many cannot be.
    """
    camera = access.camera_to_report(number, by=by)
    made = spot.report_miss(
        camera=camera,
        kind=kind,
        people=people,
        happened_at=happened_at,
        words=clean_text(words, field="words", label="说明", most=200),
        by=by,
        at=at,
    )
    answering.propose(camera, at=at)
    return made


def choices(*, by: Actor) -> tuple[tuple[str, str], ...]:
    """Return the cameras of which an actor may report, by number and name."""
    rows = access.cameras_to_report(by).order_by("number")
    return tuple((row.number, f"{row.name} {row.line_name} {row.span}") for row in rows)
