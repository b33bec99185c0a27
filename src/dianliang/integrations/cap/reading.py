"""Read an alert: hardened against what strangers send, strict about what people act on."""

import re
from collections.abc import Iterator
from datetime import datetime
from xml.etree.ElementTree import ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

from dianliang.integrations.cap.faults import BadAlertError, Fault
from dianliang.integrations.cap.model import (
    Alert,
    Area,
    Category,
    Certainty,
    Info,
    MessageType,
    Named,
    Reference,
    Resource,
    ResponseType,
    Scope,
    Severity,
    Status,
    Urgency,
)
from dianliang.integrations.cap.shapes import circle_of, ring_of
from dianliang.integrations.cap.tree import NAMESPACE, Node, moment_of, number_of
from dianliang.kernel.phrases import Phrase

MOST_BYTES = 4 * 1024 * 1024
"""A national alert with a detailed boundary is below one megabyte."""
MOST_ELEMENTS = 50_000
MOST_LETTERS = 200
"""Of a sender or an identifier; real ones have fewer than sixty."""
_NO_NAME = re.compile(r"[\s,<&]")
_QUOTED = re.compile(r'"([^"]*)"|(\S+)')
_ALERT = (
    *("identifier", "sender", "sent", "status", "msgType", "source", "scope", "restriction"),
    *("addresses", "code", "note", "references", "incidents", "info"),
)
_INFO = (
    *("language", "category", "event", "responseType", "urgency", "severity", "certainty"),
    *("audience", "eventCode", "effective", "onset", "expires", "senderName", "headline"),
    *("description", "instruction", "web", "contact", "parameter", "resource", "area"),
)
_RESOURCE = ("resourceDesc", "mimeType", "size", "uri", "derefUri", "digest")
_AREA = ("areaDesc", "polygon", "circle", "geocode", "altitude", "ceiling")
ANSWERS = {MessageType.UPDATE, MessageType.CANCEL, MessageType.ACK, MessageType.ERROR}
"""What only makes sense beside an earlier message (CAP 1.2, 3.2.1 `references`)."""


def read(content: bytes) -> Alert:
    """Return the alert in an XML file.

    Parts that nobody could act on are refused with the rest: an alert is acted on as a whole.
    A signature is neither needed nor verified: who may send is the receiver's to know.

    Raises:
        BadAlertError: it is too large, no XML, carries a document type or entities, is no CAP 1.2,
            or breaks its rules; all faults at once, each with its place.
    """
    node = _root(content)
    alert = _alert(node)
    if alert is None or node.faults:
        raise BadAlertError(node.faults)
    return alert


def _root(content: bytes) -> Node:
    if len(content) > MOST_BYTES:
        size_mb = len(content) / 1024 / 1024
        raise _refusal(
            Phrase(
                "文件有 %(size)s MB，预警文件最大 %(most)d MB。",
                size=f"{size_mb:.1f}",
                most=MOST_BYTES // 1024 // 1024,
            )
        )
    try:
        element = fromstring(content, forbid_dtd=True)
    except DefusedXmlException:
        raise _refusal(Phrase("文件带有文档类型或实体声明（DTD），可能有害，已拒收。")) from None
    except (ParseError, ValueError, LookupError) as error:
        raise _refusal(Phrase("不是完整的 XML 文件（%(why)s）。", why=str(error))) from None
    if element.tag != f"{{{NAMESPACE}}}alert":
        space, _, name = element.tag.rpartition("}")
        raise _refusal(
            Phrase(
                "不是 CAP 1.2 预警：根元素是“%(name)s”，命名空间是“%(space)s”，"
                "应为 alert 和 %(known)s。",
                name=name[:40],
                space=space.strip("{")[:80] or Phrase("无"),
                known=NAMESPACE,
            )
        )
    if sum(1 for _ in element.iter()) > MOST_ELEMENTS:
        raise _refusal(Phrase("文件的内容超过 %(n)d 项，已拒收。", n=MOST_ELEMENTS))
    return Node(element, "alert", [])


def _refusal(words: str) -> BadAlertError:
    return BadAlertError([Fault(path="alert", words=words)])


def _alert(node: Node) -> Alert | None:
    node.check_names(*_ALERT)
    identifier, sender = (node.one(name, required=True) for name in ("identifier", "sender"))
    for name, text in (("identifier", identifier), ("sender", sender)):
        if _NO_NAME.search(text):
            node.blame(Phrase("不能含空格、逗号、< 和 &。"), name)
        if len(text) > MOST_LETTERS:
            node.blame(
                Phrase("有 %(n)d 个字符，最多 %(most)d 个。", n=len(text), most=MOST_LETTERS), name
            )
    sent_at = node.time("sent", required=True)
    status = node.word("status", Status)
    message_type = node.word("msgType", MessageType)
    scope = node.word("scope", Scope)
    restriction, addresses = node.one("restriction"), tuple(_words(node.one("addresses")))
    if scope == Scope.RESTRICTED and not restriction:
        node.blame(Phrase("限定范围的预警（Restricted）必须写明限定条件。"), "restriction")
    if scope == Scope.PRIVATE and not addresses:
        node.blame(Phrase("指定对象的预警（Private）必须写明收件人。"), "addresses")
    references = tuple(_references(node))
    if message_type and message_type in ANSWERS and not references:
        node.blame(
            Phrase("%(kind)s 必须写明它针对哪一条预警。", kind=message_type.value), "references"
        )
    infos = tuple(_info(child, sent_at) for child in node.children("info"))
    if message_type in {MessageType.ALERT, MessageType.UPDATE} and not infos:
        node.blame(Phrase("没有 info，不知道发生了什么。"), "info")
    if sent_at is None or status is None or message_type is None or scope is None:
        return None
    return Alert(
        identifier=identifier,
        sender=sender,
        sent_at=sent_at,
        status=status,
        message_type=message_type,
        scope=scope,
        source=node.one("source"),
        restriction=restriction,
        addresses=addresses,
        codes=node.texts("code"),
        note=node.one("note"),
        references=references,
        incidents=tuple(_words(node.one("incidents"))),
        infos=tuple(info for info in infos if info is not None),
    )


def _words(text: str) -> Iterator[str]:
    """Return words parted by white space; one that contains some stands in quotation marks."""
    return (quoted or plain for quoted, plain in _QUOTED.findall(text))


def _references(node: Node) -> Iterator[Reference]:
    for triple in node.one("references").split():
        parts = triple.split(",")
        if len(parts) != 3 or not all(parts):
            node.blame(
                Phrase("“%(text)s”应写成“发布者,编号,发布时间”。", text=triple[:80]), "references"
            )
            continue
        if max(map(len, parts[:2])) > MOST_LETTERS:
            node.blame(
                Phrase(
                    "“%(text)s”太长，发布者和编号最多 %(most)d 个字符。",
                    text=triple[:80],
                    most=MOST_LETTERS,
                ),
                "references",
            )
            continue
        sent_at = node.understood(parts[2], "references", moment_of)
        if sent_at is not None:
            yield Reference(sender=parts[0], identifier=parts[1], sent_at=sent_at)


def _info(node: Node, sent_at: datetime | None) -> Info | None:
    node.check_names(*_INFO)
    categories = node.words("category", Category)
    if not node.texts("category"):
        node.blame(Phrase("缺少这一项，或内容为空。"), "category")
    event = node.one("event", required=True)
    urgency = node.word("urgency", Urgency)
    severity = node.word("severity", Severity)
    certainty = node.word("certainty", Certainty)
    effective_at, onset_at = node.time("effective"), node.time("onset")
    expires_at = node.time("expires")
    begins = [at for at in (effective_at or sent_at, onset_at) if at is not None]
    if expires_at is not None and begins and expires_at <= max(begins):
        node.blame(Phrase("失效时间不晚于生效或发生时间，请核对时间和时差。"), "expires")
    areas = tuple(_area(child) for child in node.children("area"))
    resources = tuple(_resource(child) for child in node.children("resource"))
    named = {name: tuple(_named(node, name)) for name in ("eventCode", "parameter")}
    if urgency is None or severity is None or certainty is None:
        return None
    return Info(
        categories=categories,
        event=event,
        urgency=urgency,
        severity=severity,
        certainty=certainty,
        language=node.one("language") or "en-US",
        response_types=node.words("responseType", ResponseType),
        audience=node.one("audience"),
        event_codes=named["eventCode"],
        effective_at=effective_at,
        onset_at=onset_at,
        expires_at=expires_at,
        sender_name=node.one("senderName"),
        headline=node.one("headline"),
        description=node.one("description"),
        instruction=node.one("instruction"),
        web=node.one("web"),
        contact=node.one("contact"),
        parameters=named["parameter"],
        resources=resources,
        areas=areas,
    )


def _named(node: Node, name: str) -> Iterator[Named]:
    for child in node.children(name):
        child.check_names("valueName", "value")
        yield Named(
            name=child.one("valueName", required=True), value=child.one("value", required=True)
        )


def _resource(node: Node) -> Resource:
    node.check_names(*_RESOURCE)
    size_bytes = node.parsed("size", number_of)
    return Resource(
        description=node.one("resourceDesc", required=True),
        mime_type=node.one("mimeType", required=True),
        size_bytes=None if size_bytes is None else int(size_bytes),
        uri=node.one("uri"),
        digest_sha1=node.one("digest"),
    )


def _area(node: Node) -> Area:
    node.check_names(*_AREA)
    rings = (child.understood(child.text, "", ring_of) for child in node.children("polygon"))
    polygons = tuple(ring for ring in rings if ring is not None)
    round_ones = (child.understood(child.text, "", circle_of) for child in node.children("circle"))
    circles = tuple(circle for circle in round_ones if circle is not None)
    altitude_ft, ceiling_ft = (node.parsed(name, number_of) for name in ("altitude", "ceiling"))
    if ceiling_ft is not None and altitude_ft is None:
        node.blame(Phrase("写了高度上限就必须写下限（altitude）。"), "ceiling")
    return Area(
        description=node.one("areaDesc", required=True),
        polygons=polygons,
        circles=circles,
        geocodes=tuple(_named(node, "geocode")),
        altitude_ft=altitude_ft,
        ceiling_ft=ceiling_ft,
    )
