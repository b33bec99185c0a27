"""Every write about a base itself: what it is called, where it lies, what it offers, its end."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from dianliang.core import audit
from dianliang.domain.catalog.models import Service, VenueType
from dianliang.domain.directory.models import Unit
from dianliang.domain.territory.models import Area
from dianliang.domain.venues.models import Site, SiteService
from dianliang.kernel.actor import Actor
from dianliang.kernel.errors import DomainError, InvalidInputError, StaleStateError
from dianliang.kernel.geo import GeoPoint
from dianliang.kernel.phrases import Phrase

KINDS = tuple((str(value), str(label)) for value, label in Site.Kind.choices)
VENUE_TYPES = tuple((str(value), str(label)) for value, label in VenueType.choices)


class UnableToChangeSiteError(DomainError):
    """The base is closed, or its code is taken."""

    code = "venues.unable-to-change-site"


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What is written down about a base."""

    name: str
    kind: str
    venue_type: str
    area: Area
    unit: Unit | None
    address: str
    point: GeoPoint


def fingerprint(site: Site) -> str:
    """Return a mark of a base's facts: another mark means that somebody changed them."""
    facts = (site.name, site.kind, site.venue_type, site.area_id, site.unit_id, site.address)
    told = repr((*facts, site.lat, site.lon, site.closed_on))
    return hashlib.sha256(told.encode()).hexdigest()[:16]


@transaction.atomic
def register(*, code: str, facts: Facts, by: Actor, at: datetime) -> Site:
    """Put a base on the register.

    Raises:
        UnableToChangeSiteError: the code is taken.
        InvalidInputError: an unknown kind.
    """
    _check(facts)
    site, is_new = Site.objects.get_or_create(code=code, defaults=_columns(facts))
    if not is_new:
        words = Phrase(
            "阵地编码 %(code)s 已经用于“%(site)s”，请换一个。", code=code, site=site.name
        )
        raise UnableToChangeSiteError(words, field="code")
    _record("register", site, by=by, at=at, words=facts.name)
    return site


@transaction.atomic
def change(*, site: Site, facts: Facts, seen: str, by: Actor, at: datetime) -> Site:
    """Write other facts about a base.

    Raises:
        StaleStateError: somebody changed them since they were read.
        UnableToChangeSiteError: it is closed.
        InvalidInputError: an unknown kind.
    """
    _check(facts)
    locked = _locked(site, seen=seen)
    before = _told(locked)
    for name, value in _columns(facts).items():
        setattr(locked, name, value)
    locked.save()
    words = f"{before} → {_told(locked)}"
    _record("change", locked, by=by, at=at, words=words)
    return locked


@transaction.atomic
def close(*, site: Site, reason: str, on: date, seen: str, by: Actor, at: datetime) -> Site:
    """Close a base for good; it stays on record, and what happened there is still counted.

    Raises:
        StaleStateError: somebody changed it since it was read.
        UnableToChangeSiteError: it is closed already.
    """
    locked = _locked(site, seen=seen)
    locked.closed_on, locked.closed_because = on, reason
    locked.save(update_fields=["closed_on", "closed_because"])
    _record("close", locked, by=by, at=at, words=reason)
    return locked


@transaction.atomic
def offer(
    *, site: Site, services: Mapping[str, str], known: Sequence[Service], by: Actor, at: datetime
) -> int:
    """Say which services a base offers, each with a few words; return how many it offers now.

    Raises:
        UnableToChangeSiteError: the base is closed.
    """
    site = held_open(site)
    known_here = SiteService.objects.filter(site=site, service__is_active=True)
    known_here.exclude(service__code__in=services).delete()
    for service in known:
        SiteService.objects.update_or_create(
            site=site, service=service, defaults={"words": services[service.code]}
        )
    told = "、".join(service.name for service in known) or "无"
    _record("offer", site, by=by, at=at, words=told)
    return len(known)


def held_open(site: Site) -> Site:
    """Return a base as it is now, to be changed; others who change it wait until the commit.

    Raises:
        UnableToChangeSiteError: the base is closed.
    """
    locked = Site.objects.select_for_update().get(pk=site.pk)
    if locked.closed_on is not None:
        raise UnableToChangeSiteError(
            Phrase(
                "%(locked)s已于 %(closed_on)s 停用，不能再改。",
                locked=locked.name,
                closed_on=locked.closed_on,
            )
        )
    return locked


def _locked(site: Site, *, seen: str) -> Site:
    locked = held_open(site)
    if fingerprint(locked) != seen:
        raise StaleStateError(
            Phrase("%(locked)s的资料刚被他人修改，请刷新后再改。", locked=locked.name)
        )
    return locked


def _check(facts: Facts) -> None:
    if facts.kind not in Site.Kind.values:
        raise InvalidInputError("请选择阵地的类别。", field="kind")
    if facts.venue_type and facts.venue_type not in VenueType.values:
        raise InvalidInputError("请选择场所类型。", field="venue_type")


def _columns(facts: Facts) -> dict[str, object]:
    return {
        "name": facts.name,
        "kind": facts.kind,
        "venue_type": facts.venue_type,
        "area": facts.area,
        "unit": facts.unit,
        "address": facts.address,
        "lat": facts.point.lat,
        "lon": facts.point.lon,
    }


def _told(site: Site) -> str:
    return f"{site.name}（{site.get_kind_display()}，{site.address}）"


def _record(verb: str, site: Site, *, by: Actor, at: datetime, words: str) -> None:
    audit.record_about(
        f"venues.site.{verb}",
        target_type="venues.site",
        target_id=site.code,
        by=by,
        at=at,
        reason=words,
    )
