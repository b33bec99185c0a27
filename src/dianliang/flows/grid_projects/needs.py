"""Offer at a need what makes a local issue of it: which projects are built where it came from."""

from dataclasses import dataclass

from dianliang.domain.grid_projects import access
from dianliang.domain.grid_projects.queries.issues import issue_of_need
from dianliang.domain.intake import access as intake
from dianliang.domain.territory.models import Area
from dianliang.domain.territory.queries import ancestors
from dianliang.kernel.actor import Actor

MOST_PROJECTS = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """What a need became, or the projects at its place that it may become an issue of.

    `area` is the village to report it for, empty where the need names none.
    """

    issue: str
    area: str
    projects: tuple[tuple[str, str], ...]


def offer_of(need_number: str, *, by: Actor) -> Offer:
    """Return what may be made of a need, with the projects that are still going on.

    Raises:
        NotVisibleError: the need is absent, or another's.
    """
    need = intake.need_to_see(need_number, by=by)
    known = issue_of_need(need.number)
    if known is not None:
        seen = access.issues(by).filter(pk=known.pk).exists()
        return Offer(issue=known.number if seen else "", area="", projects=())
    if by.role not in access.HANDLERS or not by.reaches_unit(need.unit.path):
        return Offer(issue="", area="", projects=())
    at_place = access.visible(by).filter(areas__path__in=ancestors(need.area))
    going = at_place.exclude(status__in=["CLOSED", "DROPPED"]).distinct().order_by("-number")
    is_village = need.area.level == Area.Level.VILLAGE
    return Offer(
        issue="",
        area=need.area.code if is_village else "",
        projects=tuple((row.number, row.name) for row in going[:MOST_PROJECTS]),
    )
