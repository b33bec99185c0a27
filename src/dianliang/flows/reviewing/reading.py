"""One need as whoever sorts it reads it: what matters marked, personal details starred."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any

from dianliang.domain.catalog.queries import services
from dianliang.domain.intake import access
from dianliang.domain.intake.lifecycle import LABELS
from dianliang.domain.intake.operations.handling import CLASSIFIABLE
from dianliang.domain.intake.queries.detail import BANDS
from dianliang.domain.intake.suggesting import is_also, latest_suggestion
from dianliang.flows import triage
from dianliang.flows.reviewing.queue import View
from dianliang.kernel.actor import Actor

MOST_CANDIDATES = 3
SAID, SURE = "提到", "，把握"
"""How the engine's reason begins where the text holds keywords, and where it tells how sure."""
ALSO_KEYS = "qwe"
"""Each stands below the figure that chooses the same service alone."""
EVIDENCE, PLACE, DANGER = "evidence", "place", "danger"


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """A stretch of the text, and what it is marked as; empty for nothing."""

    text: str
    mark: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A service to choose by its key; a blind reader sees no confidence and no reason.

    `said` quotes the keywords of the service that the text holds; else `reason` tells why.
    """

    key: str
    also_key: str
    code: str
    name: str
    confidence: float | None
    band_label: str
    said: str
    reason: str
    is_also: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """A need to sort. `moves` tells that another service gives it other promises and unit."""

    number: str
    pieces: tuple[Piece, ...]
    area_name: str
    unit_name: str
    status_label: str
    service_name: str
    received_at: datetime
    moves: bool
    candidates: tuple[Candidate, ...]


def item(number: str, *, view: View, by: Actor) -> Item:
    """Return a need to sort.

    Raises:
        NotVisibleError: it is absent, or not the actor's to decide.
    """
    need = access.need_to_review(number, by=by)
    stored = latest_suggestion(need)
    rows: list[dict[str, Any]] = (stored.body.get("categories") or []) if stored else []
    is_blind = view is View.SECOND
    return Item(
        number=need.number,
        pieces=_pieces(need.text, () if is_blind or not rows else rows[0]["evidence"]),
        area_name=need.area.name,
        unit_name=need.unit.name,
        status_label=LABELS[need.status],
        service_name="" if is_blind or need.service is None else need.service.name,
        received_at=need.received_at,
        moves=not is_blind and need.status in CLASSIFIABLE,
        candidates=_candidates(rows[:MOST_CANDIDATES], is_blind=is_blind),
    )


def _candidates(rows: list[dict[str, Any]], *, is_blind: bool) -> tuple[Candidate, ...]:
    """Return the proposed services; to a blind reader in the order of their codes, bare."""
    names = {service.code: service.name for service in services()}
    known = [row for row in rows if row["service_code"] in names]
    if is_blind:
        known.sort(key=lambda row: row["service_code"])
    return tuple(
        Candidate(
            key=str(number),
            also_key=ALSO_KEYS[number - 1],
            code=row["service_code"],
            name=names[row["service_code"]],
            confidence=None if is_blind else row["confidence"],
            band_label="" if is_blind else BANDS[row["band"]],
            said="" if is_blind else _quoted(row),
            reason="" if is_blind or _quoted(row) else row.get("reason", "").split(SURE)[0],
            is_also=not is_blind and number > 1 and is_also(row),
        )
        for number, row in enumerate(known, start=1)
    )


def _quoted(row: dict[str, Any]) -> str:
    """Return what a reason quotes; how sure it is stands beside it as a figure."""
    reason: str = row.get("reason", "").split(SURE)[0]
    return reason.removeprefix(SAID) if reason.startswith(SAID) else ""


def _pieces(text: str, evidence: Iterable[str]) -> tuple[Piece, ...]:
    """Cut a text where its marks change; dangers outdo places, and places the evidence."""
    found = triage.suggest(text)
    shown = triage.starred(text, found.masks)
    marks = [""] * len(shown)
    for words in evidence:
        at = shown.find(words)
        while words and at >= 0:
            marks[at : at + len(words)] = [EVIDENCE] * len(words)
            at = shown.find(words, at + len(words))
    for place in found.places:
        marks[place.start : place.end] = [PLACE] * (place.end - place.start)
    for danger in found.dangers:
        marks[danger.start : danger.end] = [DANGER] * (danger.end - danger.start)
    runs = groupby(zip(shown, marks, strict=True), key=lambda pair: pair[1])
    return tuple(Piece(text="".join(char for char, _ in run), mark=mark) for mark, run in runs)
