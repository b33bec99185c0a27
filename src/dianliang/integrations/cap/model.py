"""An alert in the words of the Common Alerting Protocol (OASIS CAP 1.2, 1 July 2010).

Code values are the protocol's own; the labels are what a Chinese control room calls them. Times are
aware. Polygons are rings of WGS 84 points of which the last is the first, as in the protocol.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from dianliang.kernel.geo import GeoPoint


class Status(StrEnum):
    """What the alert is for (3.2.1 `status`)."""

    ACTUAL = "Actual"
    EXERCISE = "Exercise"
    SYSTEM = "System"
    TEST = "Test"
    DRAFT = "Draft"


class MessageType(StrEnum):
    """What the message does (3.2.1 `msgType`)."""

    ALERT = "Alert"
    UPDATE = "Update"
    CANCEL = "Cancel"
    ACK = "Ack"
    ERROR = "Error"


class Scope(StrEnum):
    """Whom it is meant for (3.2.1 `scope`)."""

    PUBLIC = "Public"
    RESTRICTED = "Restricted"
    PRIVATE = "Private"


class Category(StrEnum):
    """What kind of event it is about (3.2.2 `category`)."""

    GEO = "Geo"
    MET = "Met"
    SAFETY = "Safety"
    SECURITY = "Security"
    RESCUE = "Rescue"
    FIRE = "Fire"
    HEALTH = "Health"
    ENV = "Env"
    TRANSPORT = "Transport"
    INFRA = "Infra"
    CBRNE = "CBRNE"
    OTHER = "Other"


class ResponseType(StrEnum):
    """What those in the area should do (3.2.2 `responseType`)."""

    SHELTER = "Shelter"
    EVACUATE = "Evacuate"
    PREPARE = "Prepare"
    EXECUTE = "Execute"
    AVOID = "Avoid"
    MONITOR = "Monitor"
    ASSESS = "Assess"
    ALL_CLEAR = "AllClear"
    NONE = "None"


class Urgency(StrEnum):
    """How soon something must be done (3.2.2 `urgency`)."""

    IMMEDIATE = "Immediate"
    EXPECTED = "Expected"
    FUTURE = "Future"
    PAST = "Past"
    UNKNOWN = "Unknown"


class Severity(StrEnum):
    """How much is at stake (3.2.2 `severity`)."""

    EXTREME = "Extreme"
    SEVERE = "Severe"
    MODERATE = "Moderate"
    MINOR = "Minor"
    UNKNOWN = "Unknown"


class Certainty(StrEnum):
    """How sure it is (3.2.2 `certainty`)."""

    OBSERVED = "Observed"
    LIKELY = "Likely"
    POSSIBLE = "Possible"
    UNLIKELY = "Unlikely"
    UNKNOWN = "Unknown"


STATUS_LABELS: Mapping[Status, str] = {
    Status.ACTUAL: "实际预警",
    Status.EXERCISE: "演练",
    Status.SYSTEM: "系统消息",
    Status.TEST: "测试",
    Status.DRAFT: "草稿",
}
MESSAGE_TYPE_LABELS: Mapping[MessageType, str] = {
    MessageType.ALERT: "发布",
    MessageType.UPDATE: "更新",
    MessageType.CANCEL: "解除",
    MessageType.ACK: "收到",
    MessageType.ERROR: "拒收",
}
URGENCY_LABELS: Mapping[Urgency, str] = {
    Urgency.IMMEDIATE: "立即",
    Urgency.EXPECTED: "1 小时内",
    Urgency.FUTURE: "近期",
    Urgency.PAST: "已过",
    Urgency.UNKNOWN: "未知",
}
SEVERITY_LABELS: Mapping[Severity, str] = {
    Severity.EXTREME: "特别严重",
    Severity.SEVERE: "严重",
    Severity.MODERATE: "较重",
    Severity.MINOR: "一般",
    Severity.UNKNOWN: "未知",
}
CERTAINTY_LABELS: Mapping[Certainty, str] = {
    Certainty.OBSERVED: "已发生",
    Certainty.LIKELY: "很可能",
    Certainty.POSSIBLE: "可能",
    Certainty.UNLIKELY: "不太可能",
    Certainty.UNKNOWN: "未知",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """A value in a list that somebody else keeps: `eventCode`, `parameter`, `geocode`."""

    name: str
    value: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Circle:
    """All places within `radius_km` of a point; a radius of zero is the point."""

    centre: GeoPoint
    radius_km: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Area:
    """Where it holds: the union of the shapes and of the places that the codes name (3.2.4)."""

    description: str
    polygons: tuple[tuple[GeoPoint, ...], ...] = ()
    circles: tuple[Circle, ...] = ()
    geocodes: tuple[Named, ...] = ()
    altitude_ft: float | None = None
    ceiling_ft: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Resource:
    """A file that belongs to the alert, by its address: what is packed into it is not kept."""

    description: str
    mime_type: str
    size_bytes: int | None = None
    uri: str = ""
    digest_sha1: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Info:
    """What is expected, how bad, how sure, and what to do (3.2.2), in one language."""

    categories: tuple[Category, ...]
    event: str
    urgency: Urgency
    severity: Severity
    certainty: Certainty
    language: str = "en-US"
    response_types: tuple[ResponseType, ...] = ()
    audience: str = ""
    event_codes: tuple[Named, ...] = ()
    effective_at: datetime | None = None
    onset_at: datetime | None = None
    expires_at: datetime | None = None
    sender_name: str = ""
    headline: str = ""
    description: str = ""
    instruction: str = ""
    web: str = ""
    contact: str = ""
    parameters: tuple[Named, ...] = ()
    resources: tuple[Resource, ...] = ()
    areas: tuple[Area, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Reference:
    """An earlier message: who sent it, what it was called, when it was sent."""

    sender: str
    identifier: str
    sent_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Alert:
    """One message (3.2.1). Sender, identifier and time of sending together name it."""

    identifier: str
    sender: str
    sent_at: datetime
    status: Status
    message_type: MessageType
    scope: Scope
    source: str = ""
    restriction: str = ""
    addresses: tuple[str, ...] = ()
    codes: tuple[str, ...] = ()
    note: str = ""
    references: tuple[Reference, ...] = ()
    incidents: tuple[str, ...] = ()
    infos: tuple[Info, ...] = ()

    @property
    def reference(self) -> Reference:
        """Return what later messages call this one."""
        return Reference(sender=self.sender, identifier=self.identifier, sent_at=self.sent_at)
