"""Write an alert as CAP 1.2, so that a neighbour's system understands what we announce."""

from collections.abc import Iterable
from datetime import UTC, datetime
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from dianliang.integrations.cap.model import Alert, Area, Info, Named, Resource
from dianliang.integrations.cap.tree import NAMESPACE
from dianliang.kernel.geo import GeoPoint

Row = tuple[str, object]


def write(alert: Alert) -> bytes:
    """Return the XML of an alert: elements in the schema's order, UTF-8, times with an offset."""
    root = Element("alert", {"xmlns": NAMESPACE})
    references = " ".join(
        f"{one.sender},{one.identifier},{moment(one.sent_at)}" for one in alert.references
    )
    _fill(
        root,
        ("identifier", alert.identifier),
        ("sender", alert.sender),
        ("sent", moment(alert.sent_at)),
        ("status", alert.status.value),
        ("msgType", alert.message_type.value),
        ("source", alert.source),
        ("scope", alert.scope.value),
        ("restriction", alert.restriction),
        ("addresses", _quoted(alert.addresses)),
        *(("code", code) for code in alert.codes),
        ("note", alert.note),
        ("references", references),
        ("incidents", _quoted(alert.incidents)),
    )
    for info in alert.infos:
        _info(SubElement(root, "info"), info)
    indent(root)
    body: bytes = tostring(root, encoding="utf-8")
    return b'<?xml version="1.0" encoding="UTF-8"?>\n' + body + b"\n"


def moment(at: datetime) -> str:
    """Return a time as CAP writes it: whole seconds; universal time is `-00:00` (3.3.2)."""
    text = at.replace(microsecond=0).isoformat()
    return text.replace("+00:00", "-00:00") if at.utcoffset() == UTC.utcoffset(None) else text


def _fill(parent: Element, *rows: Row) -> None:
    for name, value in rows:
        if value is not None and value != "":
            SubElement(parent, name).text = str(value)


def _quoted(words: Iterable[str]) -> str:
    return " ".join(f'"{word}"' if " " in word else word for word in words)


def _info(parent: Element, info: Info) -> None:
    _fill(
        parent,
        ("language", info.language),
        *(("category", category.value) for category in info.categories),
        ("event", info.event),
        *(("responseType", one.value) for one in info.response_types),
        ("urgency", info.urgency.value),
        ("severity", info.severity.value),
        ("certainty", info.certainty.value),
        ("audience", info.audience),
    )
    _named(parent, "eventCode", info.event_codes)
    _fill(
        parent,
        *(("effective", moment(at)) for at in (info.effective_at,) if at),
        *(("onset", moment(at)) for at in (info.onset_at,) if at),
        *(("expires", moment(at)) for at in (info.expires_at,) if at),
        ("senderName", info.sender_name),
        ("headline", info.headline),
        ("description", info.description),
        ("instruction", info.instruction),
        ("web", info.web),
        ("contact", info.contact),
    )
    _named(parent, "parameter", info.parameters)
    for resource in info.resources:
        _resource(SubElement(parent, "resource"), resource)
    for area in info.areas:
        _area(SubElement(parent, "area"), area)


def _named(parent: Element, name: str, values: Iterable[Named]) -> None:
    for value in values:
        _fill(SubElement(parent, name), ("valueName", value.name), ("value", value.value))


def _resource(parent: Element, resource: Resource) -> None:
    _fill(
        parent,
        ("resourceDesc", resource.description),
        ("mimeType", resource.mime_type),
        ("size", resource.size_bytes),
        ("uri", resource.uri),
        ("digest", resource.digest_sha1),
    )


def _area(parent: Element, area: Area) -> None:
    _fill(
        parent,
        ("areaDesc", area.description),
        *(("polygon", " ".join(map(_pair, ring))) for ring in area.polygons),
        *(("circle", f"{_pair(one.centre)} {one.radius_km!r}") for one in area.circles),
    )
    _named(parent, "geocode", area.geocodes)
    _fill(parent, ("altitude", area.altitude_ft), ("ceiling", area.ceiling_ft))


def _pair(point: GeoPoint) -> str:
    return f"{point.lat!r},{point.lon!r}"
