"""Keep what was told of an incident at a moment (情况报告), and read it back as it was."""

import hashlib
import json
import zlib
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from dianliang.core import audit
from dianliang.core.numbers import next_number
from dianliang.domain.incidents import access
from dianliang.domain.incidents.models import Incident
from dianliang.domain.incidents.operations.incidents import hold
from dianliang.domain.mobilisation.models import SituationReport
from dianliang.kernel.actor import Actor
from dianliang.kernel.errors import NotVisibleError

Rows = Sequence[Sequence[Any]]


def since_of(incident: Incident) -> datetime:
    """Return from when the next report tells: from the last one, or from the opening."""
    last = SituationReport.objects.filter(incident=incident).first()
    return last.made_at if last else incident.opened_at


@transaction.atomic
def keep(
    *,
    incident: Incident,
    body: Mapping[str, Any],
    records: Mapping[str, Rows],
    by: Actor,
    at: datetime,
) -> SituationReport:
    """Store the figures of an incident as they are, with the records behind each of them.

    Raises:
        UnableToLeadError: the incident is over.
    """
    hold(incident)
    last = SituationReport.objects.filter(incident=incident).first()
    packed = zlib.compress(_written(records), 6)
    made = SituationReport.objects.create(
        number=next_number("QB", at=at),
        incident=incident,
        position=last.position + 1 if last else 1,
        period=incident.periods.filter(starts_at__lte=at, ends_at__gt=at).first(),
        since_at=last.made_at if last else min(incident.opened_at, at),
        made_at=at,
        made_by=by.name,
        body=body,
        records=packed,
        digest=digest_of(body, packed),
    )
    audit.record(
        "mobilisation.situationreport.make",
        target=made,
        by=by,
        at=at,
        after=made.digest,
        reason=incident.number,
    )
    return made


def _written(content: Any) -> bytes:
    return json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def digest_of(body: Mapping[str, Any], packed: bytes) -> str:
    """Return SHA-256 over the figures and the packed records of a report."""
    return hashlib.sha256(_written(body) + packed).hexdigest()


def is_whole(report: SituationReport) -> bool:
    """Tell whether a report is still what its digest says."""
    return digest_of(report.body, bytes(report.records)) == report.digest


def records_of(report: SituationReport) -> Mapping[str, Rows]:
    """Return the records behind the figures, by the figures' codes."""
    return dict(json.loads(zlib.decompress(bytes(report.records))))


def of(incident: Incident) -> QuerySet[SituationReport]:
    """Return the reports of an incident, the newest first, without their records."""
    rows = SituationReport.objects.filter(incident=incident).select_related("period")
    return rows.defer("records", "body")


def report_to_see(number: str, *, by: Actor) -> SituationReport:
    """Return a report of an incident that the actor leads or reads.

    Raises:
        NotVisibleError: it is absent or another unit's.
    """
    rows = SituationReport.objects.select_related("incident__unit", "period__commander")
    found = None if "\0" in number else rows.filter(number=number).first()
    if found is None:
        raise NotVisibleError("没有找到这份情况报告。")
    access.incident_to_see(found.incident.number, by=by)
    return found


def before(report: SituationReport) -> SituationReport | None:
    """Return the report before one."""
    rows = SituationReport.objects.filter(incident=report.incident_id)
    return rows.filter(position=report.position - 1).first()
