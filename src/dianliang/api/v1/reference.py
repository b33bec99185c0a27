"""What programs choose from: services, areas, units, teams; and the figures of a period."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from ninja import Router

from dianliang.api.clock import now
from dianliang.api.v1 import schemas as s
from dianliang.api.v1.access import HANDLERS, actor
from dianliang.api.v1.problems import REFUSALS
from dianliang.domain.catalog.queries import ServiceRow, services
from dianliang.domain.directory.queries import UnitRow, units
from dianliang.domain.insight.dimensions import DIMENSIONS
from dianliang.domain.insight.queries import Overview, overview
from dianliang.domain.territory.queries import AreaRow, area_rows
from dianliang.flows.calendars import team_calendars
from dianliang.kernel.calendar import SHANGHAI
from dianliang.kernel.errors import InvalidInputError

LONGEST = timedelta(days=400)
router = Router(tags=["参考数据与指标"])


@router.get("/services", response={200: list[ServiceRow], **REFUSALS}, summary="服务事项")
def list_services(request: HttpRequest) -> Any:
    """List what can be asked for: all of it."""
    actor(request, "read")
    return list(services())  # Ninja takes a tuple of two for a status and a body


@router.get("/areas", response={200: list[AreaRow], **REFUSALS}, summary="区域")
def list_areas(request: HttpRequest, level: s.Code = "") -> Any:
    """List areas in tree order, of one level if asked: all of them."""
    actor(request, "read")
    return list(area_rows(levels=(level,) if level else ()))


@router.get("/units", response={200: list[UnitRow], **REFUSALS}, summary="单位")
def list_units(request: HttpRequest) -> Any:
    """List the units in the actor's scope: all of them."""
    by = actor(request, "read")
    return list(units(within=by.unit_path or "-"))


@router.get("/teams", response={200: list[s.TeamOut], **REFUSALS}, summary="队伍")
def list_teams(request: HttpRequest) -> Any:
    """List the teams in the actor's scope, each with the secret path of its iCalendar feed."""
    by = actor(request, "read", roles=HANDLERS)
    return [
        {
            "code": team.code,
            "name": team.name,
            "unit_name": team.unit_name,
            "is_volunteer": team.is_volunteer,
            "calendar_path": reverse("api:team_calendar", args=[team.token]),
        }
        for team in team_calendars(by=by)
    ]


@router.get("/figures", response={200: Overview, **REFUSALS}, summary="指标")
def read_figures(request: HttpRequest, first: date, last: date, by: s.Code = "unit") -> Any:
    """Return the figures of a period, whole and by one dimension, with their samples."""
    who = actor(request, "read")
    if by not in DIMENSIONS:
        raise InvalidInputError(f"by 应为 {'、'.join(DIMENSIONS)} 之一。", field="by")
    if not (date(2000, 1, 1) <= first <= last <= date(2100, 1, 1) and last - first <= LONGEST):
        message = f"期间应在 2000 到 2100 年之间，先起后止，最长 {LONGEST.days} 天。"
        raise InvalidInputError(message, field="last")
    start = datetime.combine(first, time(), SHANGHAI).astimezone(UTC)
    end = (datetime.combine(last, time(), SHANGHAI) + timedelta(days=1)).astimezone(UTC)
    return overview(by=who, dimension=by, start=start, end=end, at=now())
