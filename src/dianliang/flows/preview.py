"""What a form may say before it is sent: where, what, by when, and who asked for the same."""

from dataclasses import dataclass
from datetime import datetime

from dianliang.flows import placing, posting, triage
from dianliang.flows.posting import Asked


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """What was understood of a request so far; `said` is another place that its words name."""

    area_code: str
    area_name: str
    is_place_known: bool
    said_code: str
    said_name: str
    service_name: str
    on_site_due_at: datetime | None
    due_at: datetime
    duplicates: tuple[triage.LikelyDuplicate, ...]


def preview(*, asked: Asked, at: datetime) -> Preview:
    """Return what would become of a request if it were sent now. Nothing is written.

    Raises:
        InvalidInputError: a field cannot be kept; it is named.
    """
    ready = posting.prepare(posting.checked(asked), at=at)
    place = ready.place
    said = placing.named_area(ready.suggestion)
    if said and (place.source == "text" or place.area.path.startswith(said.path)):
        said = None
    return Preview(
        area_code=place.area.code,
        area_name=place.area.name,
        is_place_known=place.source != "none",
        said_code=said.code if said else "",
        said_name=said.name if said else "",
        service_name=ready.service.name if ready.service else "",
        on_site_due_at=ready.promised.on_site_due_at,
        due_at=ready.promised.due_at,
        duplicates=offered_duplicates(asked=asked, at=at),
    )


def offered_duplicates(*, asked: Asked, at: datetime) -> tuple[triage.LikelyDuplicate, ...]:
    """Return what a neighbour may join: public needs, their words without names and numbers."""
    return posting.duplicates_of(asked=asked, at=at)
