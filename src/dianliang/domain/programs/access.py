"""Who may see a campaign and its targets. Absent and forbidden look the same."""

from django.db.models import Exists, OuterRef, Q, QuerySet

from dianliang.domain.programs.models import Campaign, PresenceDuty, Target
from dianliang.kernel.actor import Actor, Role
from dianliang.kernel.errors import NotVisibleError

READERS = frozenset({Role.DISPATCHER})
ONLOOKERS = frozenset({Role.COMMANDER, Role.AUDITOR})
"""Who reads how far campaigns are, and acts on none."""


def visible(by: Actor) -> QuerySet[Campaign]:
    """Return the campaigns an actor may see: those his units lead, and those that ask them."""
    return _of_units(by) if by.role in READERS else Campaign.objects.none()


def overseen(by: Actor) -> QuerySet[Campaign]:
    """Return the campaigns of whose progress an actor may read."""
    return _of_units(by) if by.role in READERS | ONLOOKERS else Campaign.objects.none()


def _of_units(by: Actor) -> QuerySet[Campaign]:
    if not by.unit_path:
        return Campaign.objects.none()
    if by.unit_path == "/":
        return Campaign.objects.all()
    own = Target.objects.filter(campaign=OuterRef("pk"), unit__path__startswith=by.unit_path)
    return Campaign.objects.filter(Q(unit__path__startswith=by.unit_path) | Exists(own))


def campaign_to_see(number: str, *, by: Actor) -> Campaign:
    """Return a campaign that the actor may see, without the rows of a table not yet frozen.

    Raises:
        NotVisibleError: it is absent or not his to see.
    """
    found = visible(by).select_related("unit", "service").defer("rows").filter(number=number)
    campaign = found.first()
    if campaign is None:
        raise NotVisibleError("没有找到这个专项行动。")
    return campaign


def campaign_to_lead(number: str, *, by: Actor) -> Campaign:
    """Return a campaign of the actor's own units: to freeze, correct, sample, close.

    Raises:
        NotVisibleError: it is absent, or another unit leads it.
    """
    campaign = campaign_to_see(number, by=by)
    if not by.reaches_unit(campaign.unit.path):
        raise NotVisibleError("没有找到这个专项行动。")
    return campaign


def targets_of(campaign: Campaign, *, by: Actor) -> QuerySet[Target]:
    """Return the targets that the actor's units answer for."""
    listed = Target.objects.filter(campaign=campaign)
    if by.role not in READERS or not by.unit_path:
        return listed.none()
    return listed if by.unit_path == "/" else listed.filter(unit__path__startswith=by.unit_path)


def target_to_move(number: str, *, by: Actor) -> Target:
    """Return a target of the actor's units.

    Raises:
        NotVisibleError: it is absent or another unit's.
    """
    target = (
        Target.objects.select_related("campaign__unit", "unit", "area", "job")
        .defer("campaign__rows")
        .filter(number=number)
        .first()
    )
    if target is None or by.role not in READERS or not by.reaches_unit(target.unit.path):
        raise NotVisibleError("没有找到这个目标。")
    return target


def duties_of(by: Actor) -> QuerySet[PresenceDuty]:
    """Return the presence duties at the service points of an actor's units."""
    if by.role not in READERS or not by.unit_path:
        return PresenceDuty.objects.none()
    if by.unit_path == "/":
        return PresenceDuty.objects.all()
    return PresenceDuty.objects.filter(site__unit__path__startswith=by.unit_path)
