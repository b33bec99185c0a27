"""Which alerts there are, and which still hold."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime

from django.db.models import Q, QuerySet

from dianliang.domain.incidents.access import READERS
from dianliang.domain.incidents.models import AlertReference, PublicAlert
from dianliang.kernel.actor import Actor
from dianliang.kernel.errors import NotVisibleError

IN_FORCE, COMING, REPLACED, CANCELLED, EXPIRED, NOTICE = (
    "in_force",
    "coming",
    "replaced",
    "cancelled",
    "expired",
    "notice",
)
STANDING_LABELS: Mapping[str, str] = {
    IN_FORCE: "生效中",
    COMING: "未到生效时间",
    REPLACED: "已被更新",
    CANCELLED: "已解除",
    EXPIRED: "已过期",
    NOTICE: "仅通知",
}
"""`notice` is a message that holds nowhere itself: a cancellation, an answer."""
MOST_AT_ONCE = 200
"""Alerts looked through at a time, newest first."""
WARNS = ("Alert", "Update")
ENDS: Mapping[str, str] = {"Update": REPLACED, "Cancel": CANCELLED}
_Name = tuple[str, str, datetime]


def alerts(by: Actor) -> QuerySet[PublicAlert]:
    """Return the alerts, newest first: what an authority makes public, every desk may read."""
    if by.role not in READERS or not by.unit_path:
        return PublicAlert.objects.none()
    return PublicAlert.objects.defer("content").select_related("unit").order_by("-sent_at", "-pk")


def alert_to_see(number: str, *, by: Actor) -> PublicAlert:
    """Return an alert.

    Raises:
        NotVisibleError: there is none of this number, or the actor reads none.
    """
    found = alerts(by).filter(number=number).first()
    if found is None:
        raise NotVisibleError("没有这条预警。")
    return found


def standings(rows: Iterable[PublicAlert], *, at: datetime) -> Mapping[int, str]:
    """Return by key which alerts hold at a moment. One query.

    Only its own sender replaces or cancels an alert, only by a message for the same purpose (an
    exercise ends no real alert), and a cancellation outweighs an update.
    """
    known = list(rows)
    answers = _answers(known)
    return {alert.pk: _standing(alert, answers.get(_name(alert), ()), at) for alert in known}


def _standing(alert: PublicAlert, answers: Iterable[tuple[str, str]], at: datetime) -> str:
    if alert.message_type not in WARNS:
        return NOTICE
    ends = {ENDS[kind] for kind, purpose in answers if kind in ENDS and purpose == alert.purpose}
    if ends:
        return CANCELLED if CANCELLED in ends else REPLACED
    if alert.expires_at is not None and alert.expires_at <= at:
        return EXPIRED
    return COMING if alert.begins_at > at else IN_FORCE


def _name(alert: PublicAlert) -> _Name:
    return alert.sender, alert.identifier, alert.sent_at


def _answers(rows: Iterable[PublicAlert]) -> Mapping[_Name, list[tuple[str, str]]]:
    found = defaultdict(list)
    asked = AlertReference.objects.filter(identifier__in={row.identifier for row in rows})
    columns = ("alert__sender", "sender", "identifier", "sent_at")
    for answering, sender, identifier, sent_at, kind, purpose in asked.values_list(
        *columns, "alert__message_type", "alert__purpose"
    ):
        if answering == sender:
            found[sender, identifier, sent_at].append((kind, purpose))
    return found


def chain(alert: PublicAlert, *, by: Actor) -> tuple[PublicAlert, ...]:
    """Return the messages that this one answers and those that answer it, oldest first."""
    asked = Q(
        references__sender=alert.sender,
        references__identifier=alert.identifier,
        references__sent_at=alert.sent_at,
    )
    for one in alert.references.all():
        asked |= Q(sender=one.sender, identifier=one.identifier, sent_at=one.sent_at)
    return tuple(alerts(by).filter(asked).distinct().order_by("sent_at", "pk"))
