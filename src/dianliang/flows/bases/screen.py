"""What a base shows to everybody: its public page, and the pages that its screen plays."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from dianliang.core import files
from dianliang.domain.venues import notices, opening
from dianliang.domain.venues.models import Site
from dianliang.domain.venues.notices import NoticeRow
from dianliang.domain.venues.opening import Opening
from dianliang.kernel.calendar import SHANGHAI
from dianliang.kernel.errors import NotVisibleError

DAYS = 7
MOST_LINES, LINE = 9, 26
"""What fits a screen in a hall, legible from the door: so many lines of so many characters."""
LEAST_S, PER_LINE_S = 8, 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Slide:
    """One page of the screen: a part of a notice, and how long it stays."""

    kind: str
    kind_label: str
    title: str
    lines: tuple[str, ...]
    photo: str
    part: int
    parts: int
    seconds: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicBase:
    """A base as everybody may see it."""

    code: str
    name: str
    kind_label: str
    area_name: str
    address: str
    lat: float
    lon: float
    is_closed: bool
    today: Opening
    is_open_now: bool | None
    days: tuple[Opening, ...]
    services: tuple[tuple[str, str, str], ...]
    notices: tuple[NoticeRow, ...]
    slides: tuple[Slide, ...]

    @property
    def version(self) -> str:
        """Return a mark of what is shown: another mark, another content."""
        told = repr((self.slides, self.services, self.days, self.is_open_now, self.name))
        return hashlib.sha256(told.encode()).hexdigest()[:16]


def public_base(code: str, *, at: datetime) -> PublicBase:
    """Return a base as everybody may see it.

    Raises:
        NotVisibleError: there is none.
    """
    site = Site.objects.select_related("area", "unit").filter(code=code).first()
    if site is None:
        raise NotVisibleError("没有找到这个阵地。")
    local = at.astimezone(SHANGHAI)
    days = opening.openings([site.pk], first=local.date(), days=DAYS)[site.pk]
    shown = notices.shown_at(site, on=local.date())
    minute = local.hour * 60 + local.minute
    is_open = any(begins <= minute < ends for begins, ends in days[0].spans)
    offers = site.offers.select_related("service").filter(service__is_active=True)
    return PublicBase(
        code=site.code,
        name=site.name,
        kind_label=site.get_kind_display(),
        area_name=site.area.name,
        address=site.address,
        lat=site.lat,
        lon=site.lon,
        is_closed=site.closed_on is not None and site.closed_on <= local.date(),
        today=days[0],
        is_open_now=is_open if days[0].is_known else None,
        days=days,
        services=tuple((o.service.code, o.service.name, o.words) for o in offers),
        notices=shown,
        slides=tuple(slide for row in shown for slide in slides(row)),
    )


def slides(row: NoticeRow) -> Iterator[Slide]:
    """Cut a notice into pages that can be read from the door."""
    lines = list(_lines(row.words))
    pages = [tuple(lines[at : at + MOST_LINES]) for at in range(0, len(lines), MOST_LINES)]
    for part, page in enumerate(pages, start=1):
        yield Slide(
            kind=row.kind,
            kind_label=row.kind_label,
            title=row.title,
            lines=page,
            photo=row.photo if part == 1 else "",
            part=part,
            parts=len(pages),
            seconds=max(LEAST_S, PER_LINE_S * len(page)),
        )


def _lines(words: str) -> Iterator[str]:
    for line in words.splitlines():
        text = line.strip()
        while len(text) > LINE:
            yield text[:LINE]
            text = text[LINE:]
        if text:
            yield text


def photo_of(code: str, token: str, *, on: date) -> bytes:
    """Return the picture of a notice that a base shows on a day.

    Raises:
        NotVisibleError: no base, or no such picture is shown there now.
    """
    site = Site.objects.select_related("unit").filter(code=code).first()
    shown = notices.shown_at(site, on=on) if site else ()
    if token not in {row.photo for row in shown if row.photo}:
        raise NotVisibleError("没有找到这张图片。")
    return files.read_token(token)
