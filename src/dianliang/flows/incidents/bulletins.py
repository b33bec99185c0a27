"""Warnings of our own (发布预警): an incident made public as CAP 1.2, updated and cancelled.

What is sent is read back by our own reader before it is kept: what we could not act on ourselves
is sent to nobody. A drill is marked in status, scope, note and headline, and no public feed has it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from django.conf import settings
from django.db import transaction

from dianliang.core import idempotency
from dianliang.domain.incidents import access
from dianliang.domain.incidents.lifecycle import OPEN
from dianliang.domain.incidents.models import Bulletin, Incident
from dianliang.domain.incidents.operations import bulletins as operations
from dianliang.domain.incidents.operations.bulletins import Message, UnableToIssueError
from dianliang.domain.incidents.queries.incidents import DRILL, KINDS, row_of
from dianliang.flows.incidents import choices
from dianliang.integrations import cap
from dianliang.integrations.cap.model import (
    Alert,
    Area,
    Category,
    Certainty,
    Circle,
    Info,
    MessageType,
    Named,
    Reference,
    ResponseType,
    Scope,
    Severity,
    Status,
    Urgency,
)
from dianliang.kernel.actor import Actor
from dianliang.kernel.calendar import SHANGHAI
from dianliang.kernel.errors import InvalidInputError
from dianliang.kernel.geo import GeoPoint
from dianliang.kernel.phrases import Phrase

STANDARD = "GB/T 2260"
"""Whose codes of administrative areas we send."""
RESTRICTION = "仅供参加演练的单位，不是真实预警"
CATEGORY_OF: Mapping[str, Category] = {
    "earthquake": Category.GEO,
    "outage": Category.INFRA,
    "other": Category.OTHER,
}
"""All other kinds are weather."""
SEVERITY_OF: Mapping[int, str] = {1: "Extreme", 2: "Severe", 3: "Moderate", 4: "Minor"}
LONGEST = timedelta(days=14)
HEADLINE, TEXT = 100, 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """What the form starts with: from the incident, or from the message that is answered."""

    incident: str
    title: str
    is_drill: bool
    answers: str
    areas: tuple[str, ...]
    headline: str
    severity: str
    urgency: str
    certainty: str
    description: str
    instruction: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What a person fills in; `answers` is the number of the message that it updates or cancels."""

    message_type: str
    answers: str
    headline: str
    severity: str
    urgency: str
    certainty: str
    description: str
    instruction: str
    expires_at: datetime | None


def draft(*, number: str, answers: str, by: Actor) -> Draft:
    """Return what the form of a warning starts with.

    Raises:
        NotVisibleError: the incident is absent, or the actor does not lead it.
    """
    incident = access.incident_to_lead(number, by=by)
    before = access.bulletins(by).filter(incident=incident, number=answers).first()
    row = row_of(incident)
    told = f"{row.kind_label}{row.level_label}应急响应"
    return Draft(
        incident=incident.number,
        title=row.name,
        is_drill=incident.is_drill,
        answers=before.number if before else "",
        areas=tuple(area.description for area in _areas(incident)),
        headline=before.headline if before else f"{incident.unit.name}{told}",
        severity=before.severity if before else SEVERITY_OF[incident.level],
        urgency=before.urgency if before else Urgency.EXPECTED,
        certainty=before.certainty if before else Certainty.LIKELY,
        description=before.description if before else "",
        instruction=before.instruction if before else "",
    )


def issue_once(*, key: str, number: str, asked: Asked, by: Actor, at: datetime) -> str:
    """Send a warning about an incident out; the same key sends it once. Returns its number.

    Raises:
        NotVisibleError: the incident is absent, or the actor does not lead it.
        InvalidInputError, UnableToIssueError: a field makes no sense, or the message that it
            answers has been answered.
    """
    answer = idempotency.once(
        scope=f"incidents.issue:{by.id}",
        key=key,
        body=[number, *(str(getattr(asked, name)) for name in Asked.__dataclass_fields__)],
        at=at,
        act=lambda: {"number": issue(number=number, asked=asked, by=by, at=at).number},
    )
    return str(answer["number"])


@transaction.atomic
def issue(*, number: str, asked: Asked, by: Actor, at: datetime) -> Bulletin:
    """Send a warning about an incident out; see `issue_once`."""
    incident = access.incident_to_lead(number, by=by)
    answers = _answered(incident, asked, by=by)
    if answers is None and incident.status not in OPEN:
        raise UnableToIssueError("事件已结束，只能更新或解除已经发布的预警。")
    alert = _alert(incident, asked, answers, number=operations.number_for(at=at), at=at)
    content = cap.write(alert)
    cap.read(content)  # refuses what no reader could act on
    (info,) = alert.infos
    fields = {
        "purpose": alert.status.value,
        "message_type": alert.message_type.value,
        "sender": alert.sender,
        "event": info.event,
        "headline": info.headline,
        "severity": info.severity.value,
        "urgency": info.urgency.value,
        "certainty": info.certainty.value,
        "description": info.description,
        "instruction": info.instruction,
        "zones": _zones(info.areas),
        "sent_at": alert.sent_at,
        "expires_at": info.expires_at,
    }
    message = Message(
        number=alert.identifier,
        incident=incident,
        unit=incident.unit,
        answers=answers,
        fields=fields,
        content=content,
    )
    return operations.issue(message=message, by=by, at=at)


def _answered(incident: Incident, asked: Asked, *, by: Actor) -> Bulletin | None:
    """Return the message that is updated or cancelled; none for a new one.

    Raises:
        InvalidInputError: it is not said which.
        UnableToIssueError: another one has answered it, or it is itself a cancellation.
    """
    if asked.message_type == MessageType.ALERT:
        return None
    rows = access.bulletins(by).filter(incident=incident)
    found = rows.filter(number=asked.answers).first()
    if asked.message_type not in {MessageType.UPDATE, MessageType.CANCEL} or found is None:
        raise InvalidInputError("请选择更新或解除哪一条预警。", field="answers")
    later = Bulletin.objects.filter(answers=found).first()
    if later is not None:
        raise UnableToIssueError(
            Phrase("这条预警已由 %(number)s 更新或解除，请在那一条上继续。", number=later.number)
        )
    if found.message_type == MessageType.CANCEL:
        raise UnableToIssueError("解除之后不能再更新，请另发一条。")
    return found


def _alert(
    incident: Incident, asked: Asked, answers: Bulletin | None, *, number: str, at: datetime
) -> Alert:
    sent_at = at.astimezone(SHANGHAI).replace(microsecond=0)
    is_drill = incident.is_drill
    return Alert(
        identifier=number,
        sender=f"{incident.unit.code}@{urlsplit(settings.PUBLIC_URL).hostname}",
        sent_at=sent_at,
        status=Status.EXERCISE if is_drill else Status.ACTUAL,
        message_type=MessageType(asked.message_type),
        scope=Scope.RESTRICTED if is_drill else Scope.PUBLIC,
        restriction=RESTRICTION if is_drill else "",
        note=RESTRICTION if is_drill else "",
        references=tuple(_references(answers)),
        incidents=(incident.number,),
        infos=(_info(incident, asked, answers, sent_at=sent_at),),
    )


def _references(answers: Bulletin | None) -> list[Reference]:
    """Return the messages of the line so far, oldest first."""
    found: list[Reference] = []
    while answers is not None:
        sent_at = answers.sent_at.astimezone(SHANGHAI)
        found.append(Reference(sender=answers.sender, identifier=answers.number, sent_at=sent_at))
        answers = answers.answers
    return found[::-1]


def _info(incident: Incident, asked: Asked, answers: Bulletin | None, *, sent_at: datetime) -> Info:
    is_cancel = asked.message_type == MessageType.CANCEL
    mark = f"【{DRILL}】" if incident.is_drill else ""
    most = HEADLINE + len(mark)  # an update begins with the marked one
    headline = choices.words(asked.headline, field="headline", label="标题", most=most)
    return Info(
        language="zh-CN",
        categories=(CATEGORY_OF.get(incident.kind, Category.MET),),
        event=KINDS[incident.kind],
        response_types=(ResponseType.ALL_CLEAR if is_cancel else ResponseType.PREPARE,),
        urgency=Urgency(_word(asked.urgency, Urgency, field="urgency", label="紧急程度")),
        severity=Severity(_word(asked.severity, Severity, field="severity", label="严重程度")),
        certainty=Certainty(_word(asked.certainty, Certainty, field="certainty", label="确定程度")),
        effective_at=sent_at,
        expires_at=_expires(asked, answers, sent_at=sent_at),
        sender_name=incident.unit.name,
        headline=headline if headline.startswith(mark) else f"{mark}{headline}",
        description=_text(asked.description, field="description", label="说明"),
        instruction=_text(asked.instruction, field="instruction", label="防御指引"),
        areas=tuple(_areas(incident)),
    )


def _text(text: str, *, field: str, label: str) -> str:
    return choices.words(text, field=field, label=label, most=TEXT, least=0)


def _word(text: str, known: type[Urgency | Severity | Certainty], *, field: str, label: str) -> str:
    if text not in {word.value for word in known}:
        raise InvalidInputError(Phrase("请选择%(label)s。", label=Phrase(label)), field=field)
    return text


def _expires(asked: Asked, answers: Bulletin | None, *, sent_at: datetime) -> datetime:
    """Return until when it holds; a cancellation as long as what it cancels would have."""
    if asked.message_type == MessageType.CANCEL and answers is not None:
        return max(answers.expires_at.astimezone(SHANGHAI), sent_at + timedelta(hours=1))
    if asked.expires_at is None:
        raise InvalidInputError("请填写有效到什么时候。", field="expires_at")
    expires_at = asked.expires_at.astimezone(SHANGHAI).replace(microsecond=0)
    if not sent_at < expires_at <= sent_at + LONGEST:
        raise InvalidInputError(
            Phrase("有效期应在现在之后、%(n)d 天之内，过后可以再更新。", n=LONGEST.days),
            field="expires_at",
        )
    return expires_at


def _areas(incident: Incident) -> list[Area]:
    """Return where the incident is, in the words of the protocol."""
    found = [
        Area(
            description=area.name,
            geocodes=(Named(name=STANDARD, value=area.code),) if area.code.isdigit() else (),
        )
        for area in incident.areas.order_by("code")
    ]
    found += [
        Area(
            description=zone.get("words") or "划定范围",
            polygons=tuple(
                tuple(GeoPoint(lat, lon) for lat, lon in ring) for ring in zone.get("polygons", ())
            ),
            circles=tuple(
                Circle(centre=GeoPoint(lat, lon), radius_km=radius_km)
                for lat, lon, radius_km in zone.get("circles", ())
            ),
        )
        for zone in incident.shapes
    ]
    return found


def _zones(areas: Sequence[Area]) -> list[dict[str, object]]:
    return [
        {
            "words": area.description,
            "polygons": [[[point.lat, point.lon] for point in ring] for ring in area.polygons],
            "circles": [[c.centre.lat, c.centre.lon, c.radius_km] for c in area.circles],
            "codes": [code.value for code in area.geocodes],
        }
        for area in areas
    ]
