"""What programs send: shapes and limits. What it means is checked by the flows."""

from collections.abc import Sequence
from datetime import date
from typing import Annotated, Any, Literal

from ninja import Field, Schema
from pydantic import StringConstraints

from dianliang.domain.intake.queries.board import PAGE_ROWS
from dianliang.domain.work.queries.jobs import JobRow
from dianliang.domain.work.queries.plans import PlanRow

PLAIN = r"^[^\x00-\x08\x0b\x0c\x0e-\x1f\x7f]*$"
"""Neither NUL nor other control characters than tabs and line breaks."""
Code = Annotated[str, StringConstraints(max_length=40, pattern=PLAIN)]
Words = Annotated[str, StringConstraints(max_length=4000, pattern=PLAIN)]
Line = Annotated[str, StringConstraints(max_length=200, pattern=PLAIN)]
Key = Annotated[str, StringConstraints(min_length=8, max_length=80, pattern=r"^[\x21-\x7e]+$")]
ETag = Annotated[str, StringConstraints(max_length=40, pattern=r'^(\*|"[0-9]{1,20}")?$')]
Latitude = Annotated[float, Field(ge=-90, le=90, allow_inf_nan=False)]
Longitude = Annotated[float, Field(ge=-180, le=180, allow_inf_nan=False)]


class NeedIn(Schema):
    """A need as a program posts it. Without a service code, triage proposes one."""

    text: Annotated[str, StringConstraints(min_length=2, max_length=4000, pattern=PLAIN)]
    channel: Literal["open311", "portal", "chat", "phone", "window"] = "open311"
    service_code: Code = ""
    area_code: Code = ""
    site_code: Code = ""
    address: Line = ""
    lat: Latitude | None = None
    lon: Longitude | None = None
    name: Annotated[str, StringConstraints(max_length=40, pattern=PLAIN)] = ""
    phone: Annotated[str, StringConstraints(max_length=24, pattern=r"^[0-9-]*$")] = ""
    on_behalf_of: Annotated[str, StringConstraints(max_length=40, pattern=PLAIN)] = ""


class NeedOut(Schema):
    """What was given out for a need; the follow link is secret to who asked."""

    number: str
    is_danger: bool
    follow_token: str
    follow_path: str


class RatingIn(Schema):
    """What the person who asked thinks of the outcome."""

    stars: Annotated[int, Field(ge=1, le=5)]
    words: Annotated[str, StringConstraints(max_length=1000, pattern=PLAIN)] = ""


class ReasonIn(Schema):
    """Why."""

    reason: Annotated[str, StringConstraints(min_length=1, max_length=200, pattern=PLAIN)]


class TeamOut(Schema):
    """A team that can be planned."""

    code: str
    name: str
    unit_name: str
    is_volunteer: bool
    calendar_path: str


class ActIn(Schema):
    """What a verb may need; which fields it takes is in its description."""

    reason: Line = ""
    unit_code: Code = ""
    question: Words = ""
    words: Words = ""
    into: Code = ""
    service_code: Code = ""
    owner: Code = ""
    urgency: Code = ""
    aspect: Code = ""
    other: Code = ""


class PartIn(Schema):
    """One job that a need is split into."""

    service_code: Code
    unit_code: Code = ""
    detail: Line = ""


class SplitIn(Schema):
    """The parts of a need; none means one job for the need's own service and unit."""

    parts: Annotated[list[PartIn], Field(max_length=10)] = []


class JobsOut(Schema):
    """The jobs that were opened."""

    numbers: list[str]


class PlanIn(Schema):
    """What to plan: jobs, teams, days, and how long to compute."""

    job_numbers: Annotated[list[Code], Field(min_length=1, max_length=2000)]
    team_codes: Annotated[list[Code], Field(min_length=1, max_length=400)]
    first_on: date
    last_on: date
    seconds: Annotated[int, Field(ge=1, le=300)] = 10


class RevisionIn(Schema):
    """Which version of a plan was looked at: another one in between is a conflict."""

    revision: Annotated[int, Field(ge=0, le=2_000_000_000)]


class PlanOut(Schema):
    """A plan that was started."""

    number: str
    status: str


class JobList(Schema):
    """A page of jobs."""

    rows: list[JobRow]
    total: int
    page: int
    pages: int


class PlanList(Schema):
    """A page of plans."""

    rows: list[PlanRow]
    total: int
    page: int
    pages: int


class PublishedOut(Schema):
    """The visits that were published."""

    visits: list[str]


def paged(rows: Sequence[Any], page: int) -> dict[str, Any]:
    """Return a page of rows in the shape that every list has; past the end, the last one."""
    pages = max(1, -(-len(rows) // PAGE_ROWS))
    page = min(page, pages)
    shown = rows[(page - 1) * PAGE_ROWS : page * PAGE_ROWS]
    return {"rows": list(shown), "total": len(rows), "page": page, "pages": pages}
