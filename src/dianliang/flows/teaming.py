"""Which units a need takes together (主办与协办), as the present rules say, ready to be split."""

from dataclasses import dataclass

from dianliang.domain.catalog.models import Element, Service
from dianliang.domain.catalog.queries import active_service
from dianliang.domain.directory.models import Unit
from dianliang.domain.directory.owners import Owner
from dianliang.domain.directory.queries import route
from dianliang.domain.intake import access
from dianliang.domain.intake.suggesting import latest_suggestion
from dianliang.kernel.actor import Actor


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """What one unit would do of a need."""

    unit_code: str
    unit_name: str
    service_code: str
    service_name: str
    leads: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Team:
    """Whose facility it is, and the units that a need takes; no shares where one unit does."""

    owner: str
    owner_label: str
    owner_cue: str
    shares: tuple[Share, ...]

    @property
    def words(self) -> str:
        """Say who leads and who helps."""
        helpers = "、".join(share.unit_name for share in self.shares if not share.leads)
        return f"主办{self.shares[0].unit_name}，协办{helpers}" if self.shares else ""


def team_of(*, number: str, by: Actor) -> Team:
    """Return the units that a need takes: the one that has it leads, the rule's others assist.

    Whoever has it stands for the rule's lead where both are of one element: it is one job. It is a
    proposal: `handling.split` with these shares opens the jobs. A unit gets the need's own service,
    or what triage proposed of the unit's element: 停水停电 is one job for each.

    Raises:
        NotVisibleError: the need is absent or not the actor's to see.
    """
    need = access.need_to_see(number, by=by)
    suggestion = latest_suggestion(need)
    body = suggestion.body if suggestion else {}
    owner = need.facility_owner
    shares: tuple[Share, ...] = ()
    if need.service is not None:
        routed = route(service=need.service, area=need.area, owner=owner)
        named = routed.assisting
        if named and routed.unit.element != need.unit.element:
            named = (routed.unit, *named)
        helpers = [unit for unit in named if unit.pk != need.unit_id]
        proposed = [row["service_code"] for row in body.get("categories", ())]
        shares = tuple(
            _share(unit, need.service, proposed, leads=unit.pk == need.unit_id)
            for unit in (need.unit, *helpers)
        )
    return Team(
        owner=owner,
        owner_label=str(Owner(owner).label) if owner else "",
        owner_cue=body.get("owner_cue", "") if owner and owner == body.get("owner") else "",
        shares=shares if len(shares) > 1 else (),
    )


def _share(unit: Unit, service: Service, proposed: list[str], *, leads: bool) -> Share:
    if not leads and unit.element not in {service.element, Element.GENERAL}:
        known = (active_service(code) for code in proposed)
        own = (other for other in known if other is not None and other.element == unit.element)
        service = next(own, service)
    return Share(
        unit_code=unit.code,
        unit_name=unit.name,
        service_code=service.code,
        service_name=service.name,
        leads=leads,
    )
