"""Triage on the installation's own catalogue, areas and past decisions."""

import logging
import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from pathlib import Path

from django.conf import settings

from dianliang.core import reference
from dianliang.domain.catalog.models import Service
from dianliang.domain.catalog.words import lexicon
from dianliang.domain.directory.owners import OwnerFound
from dianliang.domain.directory.queries import Routed
from dianliang.domain.intake import access
from dianliang.domain.intake.lifecycle import OPEN
from dianliang.domain.intake.models import Need, Suggestion
from dianliang.domain.intake.queries import learning
from dianliang.domain.territory import queries as territory
from dianliang.domain.territory.models import Area
from dianliang.engines import triage as engine
from dianliang.kernel.actor import Actor
from dianliang.kernel.geo import GeoPoint
from dianliang.kernel.masking import mask_phone, mask_spans

ADDRESSES = "addresses.npz"
"""In the home: how this operator's people take addresses apart."""
DUPLICATES_VERSION = "duplicates-1"
PERSONAL = frozenset({"phones", "masks"})
"""What triage finds of persons stays in the need; a suggestion is read by many."""
DUPLICATE_SPAN_DEG = 0.06
DUPLICATES_WITHIN = timedelta(days=14)

log = logging.getLogger(__name__)


@reference.Kept
def prepared() -> engine.Triage:
    """Return the triage for the present catalogue, areas, words and what was learnt.

    Learning itself is work of the background: nobody who is in need waits for it.
    """
    made = engine.Triage(knowledge(), _taught())
    reader = _address_reader()
    return made.with_addresses(reader) if reader else made


def _address_reader() -> engine.AddressReader | None:
    """Return what `dianliang triage --save-addresses` left in the home, if it beats the rules."""
    path = Path(settings.HOME) / ADDRESSES
    if not path.exists():
        return None
    try:
        reader = engine.reader_from_bytes(path.read_bytes())
    except (OSError, ValueError):
        log.warning("%s 不能用于本版本，先按规则拆地址；请用带标注的地址重新学一次", path)
        return None
    return reader if reader.check is None or reader.check.is_better else None


def _taught() -> engine.Taught:
    row = learning.in_use()
    if row is None:
        return engine.UNTAUGHT
    try:
        return engine.from_bytes(bytes(row.body))
    except ValueError:
        log.warning("第 %s 次学习的结果不能用于本版本，先按第一天的办法分类，等下次学习", row.pk)
        return engine.UNTAUGHT


def knowledge() -> engine.Knowledge:
    """Return what triage knows before anybody decides: services, areas, words."""
    return engine.Knowledge(
        services=tuple(
            engine.ServiceCard(
                code=service.code,
                name=service.name,
                description=service.description,
                keywords=tuple(service.keywords),
                examples=tuple(service.examples),
                is_urgent=service.is_urgent,
            )
            for service in Service.objects.filter(is_active=True)
        ),
        areas=(*_area_cards(), *_name_cards()),
        lexicon=lexicon(),
    )


def _area_cards() -> Iterator[engine.AreaCard]:
    levels = ["county", "township", "village"]
    for area in Area.objects.filter(level__in=levels).select_related("parent"):
        yield engine.AreaCard(
            code=area.code,
            name=area.name,
            level=area.level,
            parent_code=area.parent.code if area.parent else "",
            aliases=tuple(area.aliases),
        )


def _name_cards() -> Iterator[engine.AreaCard]:
    for known in territory.known_names():
        area = known.area
        above = area.parent if area and known.is_former else area
        yield engine.AreaCard(
            code=known.code,
            name=known.name,
            level=known.level,
            parent_code=above.code if above else "",
            aliases=known.aliases,
            successor_code=area.code if area and known.is_former else "",
            is_outside=known.is_outside,
        )


def suggest(text: str) -> engine.Suggestion:
    """Return what triage proposes for a text."""
    return _suggested(prepared(), text)


@lru_cache(maxsize=64)
def _suggested(made: engine.Triage, text: str) -> engine.Suggestion:
    """Understand a text once, however many steps of one request ask."""
    return made.suggest(engine.NeedText(text=text))


def without_numbers(text: str, *, suggestion: engine.Suggestion, phone: str) -> str:
    """Return a text in which identity numbers, and the phone that is kept sealed, are masked.

    Words are searched and read by many; the number itself is stored encrypted beside them. A
    second phone stays: nobody could call it any more.
    """
    for mask in reversed(suggestion.masks):
        found = text[mask.start : mask.end]
        if mask.kind == "证件号":
            text = f"{text[: mask.start]}（证件号已隐去）{text[mask.end :]}"
        elif mask.kind == "电话" and phone and _digits(found) == _digits(phone):
            text = f"{text[: mask.start]}{mask_phone(phone)}{text[mask.end :]}"
    return text


def _digits(phone: str) -> str:
    return re.sub(r"\D", "", unicodedata.normalize("NFKC", phone)).removeprefix("86")


def masked(text: str) -> str:
    """Return a text with names, phone and identity numbers starred, for strangers to read."""
    return starred(text, suggest(text).masks)


def starred(text: str, masks: Iterable[engine.Mask]) -> str:
    """Return a text with what was found of persons, and long numbers, starred in place."""
    return mask_spans(text, ((mask.start, mask.end) for mask in masks))


def nameless(text: str) -> str:
    """Return a text as `masked` does, without the doors of houses: for many to read."""
    found = suggest(text)
    masks = [(mask.start, mask.end) for mask in found.masks]
    return mask_spans(text, [*masks, *engine.doors(found.address_parts)])


def record(
    need: Need, suggestion: engine.Suggestion, *, routed: Routed, owner: OwnerFound, at: datetime
) -> Suggestion:
    """Store a suggestion as it was made, without the personal details it found. Never changed."""
    found = asdict(suggestion)
    body = {key: value for key, value in found.items() if key not in PERSONAL}
    body["unit_why"] = routed.reason.words
    body["unit_reason"] = asdict(routed.reason)
    body["unit_code"] = routed.unit.code
    body["assisting"] = [unit.code for unit in routed.assisting]
    body["rules_version"] = routed.version
    body["owner"], body["owner_cue"] = owner.owner, owner.cue
    return Suggestion.objects.create(need=need, at=at, version=suggestion.version, body=body)


@dataclass(frozen=True, slots=True, kw_only=True)
class LikelyDuplicate:
    """An open need that may be the same thing, in as many words as whoever asks may read."""

    number: str
    text: str
    area_name: str
    status: str
    received_at: datetime
    score: float
    reasons: tuple[str, ...]


def likely_duplicates(
    *,
    text: str,
    area: Area,
    point: GeoPoint | None,
    at: datetime,
    service_code: str = "",
    besides: str = "",
    by: Actor | None = None,
    top: int = 5,
) -> tuple[LikelyDuplicate, ...]:
    """Return open needs nearby that may be about the same thing, with reasons.

    Whoever asks reads what is his to see as it was written; of other needs, like everybody, only
    those that are public, without names and numbers.
    """
    own = access.visible(by) if by else Need.objects.none()
    readable = Need.objects.filter(is_public=True) | own
    needs = readable.filter(status__in=OPEN, received_at__gte=at - DUPLICATES_WITHIN)
    nearby = needs.filter(area=area)
    if point is not None:
        nearby = nearby | needs.filter(
            lat__range=(point.lat - DUPLICATE_SPAN_DEG, point.lat + DUPLICATE_SPAN_DEG),
            lon__range=(point.lon - DUPLICATE_SPAN_DEG, point.lon + DUPLICATE_SPAN_DEG),
        )
    rows = {
        need.number: need
        for need in nearby.exclude(number=besides)
        .select_related("area", "service")
        .order_by("-received_at")[:400]
    }
    asked = engine.KnownNeed(
        id="?", text=text, at=at, area_code=area.code, point=point, service_code=service_code
    )
    found = engine.likely_duplicates(asked, [_known(need) for need in rows.values()], top=top)
    as_written = set(
        own.filter(number__in=[likely.id for likely in found]).values_list("number", flat=True)
    )
    return tuple(
        LikelyDuplicate(
            number=candidate.id,
            text=_shown(rows[candidate.id].text, is_own=candidate.id in as_written),
            area_name=rows[candidate.id].area.name,
            status=rows[candidate.id].status,
            received_at=rows[candidate.id].received_at,
            score=candidate.score,
            reasons=candidate.reasons,
        )
        for candidate in found
    )


def _shown(text: str, *, is_own: bool) -> str:
    return text[:80] if is_own else masked(text)[:80]


def _known(need: Need) -> engine.KnownNeed:
    point = None
    if need.lat is not None and need.lon is not None:
        point = GeoPoint(need.lat, need.lon)
    return engine.KnownNeed(
        id=need.number,
        text=need.text,
        at=need.received_at,
        area_code=need.area.code,
        point=point,
        service_code=need.service.code if need.service else "",
    )
