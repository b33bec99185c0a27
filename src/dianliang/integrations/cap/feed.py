"""Lists of alerts as feeds: Atom (RFC 4287) out, Atom and RSS 2.0 in."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from xml.etree.ElementTree import Element, ParseError, SubElement, indent, tostring

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

from dianliang.integrations.cap.faults import BadAlertError, Fault
from dianliang.integrations.cap.reading import MOST_BYTES, MOST_ELEMENTS
from dianliang.integrations.cap.tree import NAMESPACE
from dianliang.kernel.phrases import Phrase

ATOM = "http://www.w3.org/2005/Atom"
CAP_TYPE = "application/cap+xml"
ATOM_TYPE = "application/atom+xml"
MOST_ENTRIES = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One alert in a feed: `id` names this version of it, `url` is where it lies."""

    id: str
    url: str
    title: str = ""
    updated_at: datetime | None = None
    summary: str = ""


def entries(content: bytes) -> tuple[Entry, ...] | None:
    """Return the alerts that a feed lists; None where the content is an alert itself.

    Raises:
        BadAlertError: it is too large, no XML, or neither a feed nor an alert.
    """
    root = _root(content)
    if root.tag == f"{{{NAMESPACE}}}alert":
        return None
    if root.tag == f"{{{ATOM}}}feed":
        found = [_atom(one) for one in root.findall(f"{{{ATOM}}}entry")]
    elif root.tag == "rss":
        found = [_rss(one) for one in root.findall("channel/item")]
    else:
        raise _refusal(Phrase("既不是 CAP 1.2 预警，也不是 Atom 或 RSS 列表。"))
    return tuple(one for one in found if one.url)[:MOST_ENTRIES]


def _root(content: bytes) -> Element:
    if len(content) > MOST_BYTES:
        raise _refusal(Phrase("文件超过 %(n)d MB。", n=MOST_BYTES // 1024 // 1024))
    try:
        root: Element = fromstring(content, forbid_dtd=True)
    except DefusedXmlException:
        raise _refusal(Phrase("文件带有文档类型或实体声明（DTD），可能有害，已拒收。")) from None
    except (ParseError, ValueError, LookupError) as error:
        raise _refusal(Phrase("不是完整的 XML 文件（%(why)s）。", why=str(error))) from None
    if sum(1 for _ in root.iter()) > MOST_ELEMENTS:
        raise _refusal(Phrase("文件的内容超过 %(n)d 项，已拒收。", n=MOST_ELEMENTS))
    return root


def _refusal(words: str) -> BadAlertError:
    return BadAlertError([Fault(path="feed", words=words)])


def _atom(node: Element) -> Entry:
    links = node.findall(f"{{{ATOM}}}link")
    typed = [one for one in links if one.get("type") == CAP_TYPE]
    plain = [one for one in links if one.get("rel", "alternate") == "alternate"]
    url = next((one.get("href", "") for one in [*typed, *plain]), "").strip()
    named = (node.findtext(f"{{{ATOM}}}id") or url).strip()
    updated = (node.findtext(f"{{{ATOM}}}updated") or "").strip()
    return Entry(id=f"{named} {updated}".strip(), url=url)


def _rss(node: Element) -> Entry:
    url = (node.findtext("link") or "").strip()
    named = (node.findtext("guid") or url).strip()
    published = (node.findtext("pubDate") or "").strip()
    return Entry(id=f"{named} {published}".strip(), url=url)


def write_feed(
    listed: Sequence[Entry], *, title: str, url: str, author: str, updated_at: datetime
) -> bytes:
    """Return an Atom feed of alerts, newest first."""
    root = Element("feed", {"xmlns": ATOM, "xml:lang": "zh-CN"})
    for name, text in (("id", url), ("title", title), ("updated", updated_at.isoformat())):
        SubElement(root, name).text = text
    SubElement(root, "link", {"rel": "self", "type": ATOM_TYPE, "href": url})
    SubElement(SubElement(root, "author"), "name").text = author
    for one in listed:
        entry = SubElement(root, "entry")
        at = one.updated_at or updated_at
        rows = (("id", one.id), ("title", one.title), ("updated", at.isoformat()))
        for name, text in (*rows, ("summary", one.summary)):
            SubElement(entry, name).text = text
        link = {"rel": "alternate", "type": CAP_TYPE, "href": one.url}
        SubElement(entry, "link", link)
    indent(root)
    body: bytes = tostring(root, encoding="utf-8")
    return b'<?xml version="1.0" encoding="UTF-8"?>\n' + body + b"\n"
