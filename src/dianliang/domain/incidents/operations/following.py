"""Alerts that an incident follows: the chain is found by itself, what it means a person decides."""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction

from dianliang.core import audit, transitions
from dianliang.domain.incidents.lifecycle import INCIDENT_ALERT, INCIDENT_ALERT_LABELS, OPEN
from dianliang.domain.incidents.models import (
    AlertReference,
    Incident,
    IncidentAlert,
    LogEntry,
    PublicAlert,
)
from dianliang.domain.incidents.operations.incidents import hold, note
from dianliang.kernel.actor import Actor


@transaction.atomic
def open_from(*, incident: Incident, alert: PublicAlert, by: Actor, at: datetime) -> None:
    """Say that an incident was opened because of an alert; later messages already here wait."""
    IncidentAlert.objects.create(
        incident=incident, alert=alert, status="FOLLOWED", decided_by=by.name, decided_at=at
    )
    words = f"据预警 {alert.number}“{alert.headline or alert.event}”登记"
    note(incident=incident, kind=LogEntry.Kind.ALERT, words=words, by=by, at=at)
    catch_up(incidents=[incident], by=by, at=at)


@transaction.atomic
def catch_up(*, incidents: Iterable[Incident], by: Actor, at: datetime) -> int:
    """Put later messages of the chains that incidents follow before whoever decides.

    Only what the same sender says for the same purpose counts: a drill ends no real incident.
    Messages come in any order, so the chain is walked to its end. Returns how many are new.
    """
    found = 0
    held = Incident.objects.select_for_update().filter(pk__in=[one.pk for one in incidents])
    for incident in held.order_by("pk"):  # two messages at once: the second sees the first
        frontier = [row.alert for row in _linked(incident)]
        known = {alert.pk for alert in frontier}
        while frontier:
            fresh = [a for one in frontier for a in _answers(one) if a.pk not in known]
            frontier = list({alert.pk: alert for alert in fresh}.values())
            known |= {alert.pk for alert in frontier}
            for alert in frontier:
                _link(incident, alert, by=by, at=at)
                found += 1
    return found


def follows(alert: PublicAlert) -> list[Incident]:
    """Return the open incidents that may follow a message that has just come in: its sender's."""
    return list(
        Incident.objects.filter(status__in=OPEN, followed__alert__sender=alert.sender).distinct()
    )


def _linked(incident: Incident) -> Iterable[IncidentAlert]:
    return IncidentAlert.objects.filter(incident=incident).select_related("alert")


def _answers(alert: PublicAlert) -> list[PublicAlert]:
    asked = AlertReference.objects.filter(
        sender=alert.sender,
        identifier=alert.identifier,
        sent_at=alert.sent_at,
        alert__sender=alert.sender,
        alert__purpose=alert.purpose,
        alert__message_type__in=["Update", "Cancel"],
    )
    return [row.alert for row in asked.select_related("alert").order_by("alert__sent_at")]


def _link(incident: Incident, alert: PublicAlert, *, by: Actor, at: datetime) -> None:
    IncidentAlert.objects.create(incident=incident, alert=alert)
    told = "更新" if alert.message_type == "Update" else "解除"
    words = f"收到{told} {alert.number}“{alert.headline or alert.event or told}”，待处置"
    note(incident=incident, kind=LogEntry.Kind.ALERT, words=words, by=by, at=at)


@transaction.atomic
def decide(
    *, row: IncidentAlert, verb: str, because: str, by: Actor, at: datetime
) -> IncidentAlert:
    """Follow a later message, or leave the incident as it is (采纳、维持不变).

    Raises:
        UnableToLeadError: the incident is over.
        IllegalTransitionError, NotYourTurnError, StaleStateError: see the lifecycle.
    """
    hold(row.incident)
    changes = {"decided_by": by.name, "decided_at": at}
    transitions.apply(
        row, verb, lifecycle=INCIDENT_ALERT, by=by, at=at, note=because, changes=changes
    )
    said = INCIDENT_ALERT_LABELS[row.status]
    words = f"{row.alert.number} {said}：{because}"
    note(incident=row.incident, kind=LogEntry.Kind.ALERT, words=words, by=by, at=at)
    audit.record(f"incidents.incident.{verb}", target=row.incident, by=by, at=at, reason=words)
    return row
