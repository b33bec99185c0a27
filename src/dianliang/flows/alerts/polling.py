"""Ask registered addresses for alerts (预警来源): a CAP file, or a feed that lists some.

Each is asked in a background job of its own; what goes wrong is kept with since when, and shown.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import ip_network
from random import sample
from typing import Any
from urllib.parse import urljoin

from django.conf import settings
from django.db import transaction

from dianliang.core import jobs
from dianliang.domain.incidents import access
from dianliang.domain.incidents.models import AlertSource
from dianliang.domain.incidents.operations import sources as operations
from dianliang.flows.alerts import taking
from dianliang.integrations.cap import feed
from dianliang.integrations.cap.reading import MOST_BYTES
from dianliang.integrations.web import Fetcher, NotFetchedError, check_url
from dianliang.kernel.actor import SYSTEM, Actor
from dianliang.kernel.errors import DomainError, InvalidInputError, NotVisibleError
from dianliang.kernel.phrases import Phrase, from_text, joined
from dianliang.kernel.text import clean_text

POLL = "incidents.poll"
ACCEPT = "application/cap+xml, application/atom+xml, application/rss+xml, application/xml, text/xml"
MOST_NEW = 20
"""Entries of a feed that are fetched at a time; the rest comes with the next polls."""
MOST_EVERY_MIN = 1440
SLACK = timedelta(seconds=30)
"""An address is asked some seconds after the minute that ordered it: the next round is not late."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceRow:
    """An address as its page shows it."""

    number: str
    name: str
    url: str
    unit_name: str
    every_min: int
    is_on: bool
    asked_at: datetime | None
    answered_at: datetime | None
    failing_since: datetime | None
    fault: str
    taken: int


def register(*, name: str, url: str, every_min: int, by: Actor, at: datetime) -> AlertSource:
    """Have an address asked for alerts.

    Raises:
        NotVisibleError: the actor registers none.
        InvalidInputError, NotFetchedError, UnableToAskError: a field makes no sense; it is named.
    """
    unit = access.unit_of(by)
    if by.role not in access.SOURCE_WRITERS or unit is None:
        raise NotVisibleError("您的岗位不登记预警来源。")
    check_url(url.strip())
    if not 1 <= every_min <= MOST_EVERY_MIN:
        raise InvalidInputError(
            Phrase("间隔应在 1 到 %(most)s 分钟之间。", most=MOST_EVERY_MIN), field="every_min"
        )
    return operations.register(
        name=clean_text(name, field="name", label="名称", most=60, least=2),
        url=url.strip(),
        unit=unit,
        every_min=every_min,
        by=by,
        at=at,
    )


def switch(*, number: str, is_on: bool, by: Actor, at: datetime) -> None:
    """Ask an address no more, or again.

    Raises:
        NotVisibleError: there is none of this number, or the actor changes none.
    """
    operations.switch(source=access.source_to_change(number, by=by), is_on=is_on, by=by, at=at)


def rows(*, by: Actor) -> tuple[SourceRow, ...]:
    """Return the addresses, those that fail first."""
    found = [
        SourceRow(
            number=row.number,
            name=row.name,
            url=row.url if by.role in access.SOURCE_WRITERS else _without_secrets(row.url),
            unit_name=row.unit.name,
            every_min=row.every_min,
            is_on=row.is_on,
            asked_at=row.asked_at,
            answered_at=row.answered_at,
            failing_since=row.failing_since,
            fault=from_text(row.fault),
            taken=row.taken,
        )
        for row in access.sources(by)
    ]
    return tuple(sorted(found, key=lambda row: row.failing_since is None))


def _without_secrets(url: str) -> str:
    """Return an address without what follows the question mark: keys are written there."""
    address, mark, _ = url.partition("?")
    return address + ("?…" if mark else "")


@transaction.atomic
def order_due(*, at: datetime) -> None:
    """Have every address asked whose interval is over."""
    for source in AlertSource.objects.filter(is_on=True):
        every = timedelta(minutes=source.every_min) - SLACK
        if source.asked_at is None or at - source.asked_at >= every:
            order(source=source, by=SYSTEM, at=at)


@transaction.atomic
def ask_now(*, number: str, by: Actor, at: datetime) -> None:
    """Have an address asked at once (立即询问).

    Raises:
        NotVisibleError: there is none of this number, or the actor changes none.
    """
    order(source=access.source_to_change(number, by=by), by=by, at=at)


def order(*, source: AlertSource, by: Actor, at: datetime) -> None:
    """Have an address asked, once a minute at most."""
    key = f"{POLL}:{source.number}:{int(at.timestamp()) // 60}"
    jobs.enqueue(POLL, {"source": source.number}, by=by, at=at, key=key, max_attempts=1)


@jobs.handler(POLL)
def poll_in_background(context: jobs.JobContext) -> dict[str, Any] | None:
    """Ask one address."""
    source = AlertSource.objects.select_related("unit").filter(number=context.payload["source"])
    found = source.first()
    if found is None or not found.is_on:
        return None
    at = context.clock()
    return {"taken": poll(source=found, fetcher=fetcher(), at=at, tell=context.progress)}


def fetcher() -> Fetcher:
    """Return what asks: with the networks inside that the operator allows."""
    inside = tuple(ip_network(net, strict=False) for net in settings.ALERT_NETWORKS)
    return Fetcher(most_bytes=MOST_BYTES, inside=inside)


def poll(
    *, source: AlertSource, fetcher: Fetcher, at: datetime, tell: Callable[[float], object]
) -> int:
    """Ask an address, keep what is new; return how many alerts that were.

    One entry that is no alert does not keep the others out: it is told as a fault. `tell` hears
    before each entry how far it is: twenty slow ones take longer than a silent job is waited for.
    """
    try:
        answer = fetcher.fetch(source.url, etag=source.etag, accept=ACCEPT)
        if not answer.is_new:
            _noted(source, etag=source.etag, seen=source.seen, at=at)
            return 0
        listed = feed.entries(answer.content)
    except DomainError as fault:
        operations.note_silent(source=source, fault=fault.message, at=at)
        return 0
    faults: list[str] = []
    taken, seen = 0, list(source.seen)
    if listed is None:
        taken += _kept(answer.content, source=source, faults=faults, at=at) or 0
    else:
        turn = _turn(_left(listed, seen))
        for name, content in _fetched(turn, source, fetcher=fetcher, faults=faults, tell=tell):
            new = _kept(content, source=source, faults=faults, at=at)
            taken += new or 0
            seen += [] if new is None else [name]
    etag = "" if listed is not None and _left(listed, seen) else answer.etag
    _noted(source, etag=etag, seen=seen, taken=taken, fault=joined("；", faults), at=at)
    return taken


def _fetched(
    listed: list[feed.Entry],
    source: AlertSource,
    *,
    fetcher: Fetcher,
    faults: list[str],
    tell: Callable[[float], object],
) -> Iterator[tuple[str, bytes]]:
    """Yield entries with their content."""
    for place, entry in enumerate(listed):
        tell(place / len(listed))
        try:
            answer = fetcher.fetch(urljoin(source.url, entry.url), accept=ACCEPT)
        except (NotFetchedError, ValueError) as fault:  # `urljoin` refuses a broken host
            why = fault.message if isinstance(fault, NotFetchedError) else str(fault)
            faults.append(Phrase("%(url)s：%(why)s", url=entry.url, why=why))
        else:
            yield entry.id, answer.content


def _left(listed: tuple[feed.Entry, ...], seen: list[str]) -> list[feed.Entry]:
    known = set(seen)
    return [entry for entry in listed if entry.id not in known]


def _turn(left: list[feed.Entry]) -> list[feed.Entry]:
    """Return the entries to fetch now: the first ones, and as many of the others by lot.

    Those that fail each time can then not stand before the rest for ever.
    """
    if len(left) <= MOST_NEW:
        return left
    first, rest = left[: MOST_NEW // 2], left[MOST_NEW // 2 :]
    return first + sample(rest, MOST_NEW - len(first))


def _kept(content: bytes, *, source: AlertSource, faults: list[str], at: datetime) -> int | None:
    """Keep an alert; tell whether it is new, or None where it is no alert that can be kept."""
    try:
        one = taking.take_found(content=content, unit=source.unit, by=SYSTEM, at=at)
    except DomainError as fault:
        faults.append(fault.message)
        return None
    return int(one.is_new)


def _noted(
    source: AlertSource,
    *,
    etag: str,
    seen: list[str],
    taken: int = 0,
    fault: str = "",
    at: datetime,
) -> None:
    operations.note_asked(source=source, etag=etag, seen=seen, taken=taken, fault=fault, at=at)
