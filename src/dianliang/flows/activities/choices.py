"""What the forms about activities offer to choose from."""

from dianliang.domain.catalog.models import Skill
from dianliang.domain.directory.models import Unit
from dianliang.domain.venues.booking import access as booking_access
from dianliang.domain.venues.models import Bookable, Site
from dianliang.domain.workforce.models import Team
from dianliang.kernel.actor import Actor

Choice = tuple[str, str]


def units(by: Actor) -> tuple[Choice, ...]:
    """Return code and name of the actor's units."""
    own = Unit.objects.filter(path__startswith=by.unit_path or "-").order_by("path")
    return tuple(own.values_list("code", "name"))


def all_units() -> tuple[Choice, ...]:
    """Return code and name of every unit: a joint activity may be held with any."""
    return tuple(Unit.objects.order_by("path").values_list("code", "name"))


def teams(by: Actor) -> tuple[Choice, ...]:
    """Return code and name of the teams of the actor's units."""
    own = Team.objects.filter(is_active=True, unit__path__startswith=by.unit_path or "-")
    return tuple(own.order_by("code").values_list("code", "name"))


def sites() -> tuple[Choice, ...]:
    """Return code and name of every base and spot that is open."""
    return tuple(
        Site.objects.filter(closed_on=None).order_by("kind", "code").values_list("code", "name")
    )


def rooms(by: Actor) -> tuple[Choice, ...]:
    """Return code and name of the rooms that the actor may book, with their base and places."""
    offered = booking_access.visible(by).filter(kind=Bookable.Kind.ROOM, is_active=True)
    return tuple(
        (room.code, f"{room.site.name} {room.name}（{room.places} 人）")
        for room in offered.select_related("site", "unit").order_by("site__name", "code")
        if booking_access.may_book(by, room)
    )


def skills() -> tuple[Choice, ...]:
    """Return code and name of every skill."""
    return tuple(Skill.objects.order_by("code").values_list("code", "name"))
