"""What people keep in the file of a village: words, plan, photos."""

from datetime import date, datetime

from django.db import transaction

from dianliang.core import files
from dianliang.domain.insight import operations
from dianliang.domain.insight.models import PlanItem, VillagePhoto, VillageProfile
from dianliang.domain.insight.operations import Planned, ProfileTold
from dianliang.domain.network import access
from dianliang.domain.venues.models import Site
from dianliang.kernel.actor import Actor
from dianliang.kernel.errors import InvalidInputError, NotVisibleError


def describe(
    *,
    code: str,
    households: int | None,
    population: int | None,
    station_code: str,
    summary: str,
    by: Actor,
    at: datetime,
) -> VillageProfile:
    """Write down what is told of a village.

    Raises:
        NotVisibleError: it is absent or somebody else's village.
        InvalidInputError: the station is unknown, or see the operation.
    """
    village = access.village_to_see(code, by=by)
    station = Site.objects.filter(code=station_code).first() if station_code else None
    if station_code and station is None:
        raise InvalidInputError("没有这个服务站，请重新选择。", field="station")
    told = ProfileTold(
        households=households, population=population, station=station, summary=summary
    )
    return operations.describe(area=village, told=told, by=by, at=at)


def plan(*, code: str, title: str, owner: str, due_on: date, by: Actor, at: datetime) -> PlanItem:
    """Add something to the plan of a village.

    Raises:
        NotVisibleError: it is absent or somebody else's village.
        InvalidInputError: see the operation.
    """
    village = access.village_to_see(code, by=by)
    told = Planned(title=title, owner=owner, due_on=due_on)
    return operations.plan(area=village, told=told, by=by, at=at)


def move(*, code: str, number: str, verb: str, by: Actor, at: datetime) -> PlanItem:
    """Move an item of a village's plan along.

    Raises:
        NotVisibleError: the village or the item is absent or somebody else's.
        IllegalTransitionError, NotYourTurnError, StaleStateError: see `core.transitions`.
    """
    village = access.village_to_see(code, by=by)
    item = PlanItem.objects.filter(area=village, number=number).first()
    if item is None:
        raise NotVisibleError("没有找到这个计划事项。")
    return operations.move(item=item, verb=verb, by=by, at=at)


@transaction.atomic
def add_photo(
    *, code: str, raw: bytes, caption: str, taken_on: date, by: Actor, at: datetime
) -> VillagePhoto:
    """Put a photo into the file of a village; it is re-encoded without metadata.

    Raises:
        NotVisibleError: it is absent or somebody else's village.
        InvalidInputError: it is no picture, or see the operation.
    """
    village = access.village_to_see(code, by=by)
    if not raw:
        raise InvalidInputError("请选择一张照片。", field="photo")
    file = files.keep_image(raw, at=at, field="photo")
    return operations.add_photo(
        area=village, file=file, caption=caption, taken_on=taken_on, by=by, at=at
    )


def remove_photo(*, code: str, token: str, by: Actor, at: datetime) -> None:
    """Take a photo out of the present file.

    Raises:
        NotVisibleError: the village or the photo is absent or somebody else's.
        UnableToKeepVillageError: somebody took it out before.
    """
    operations.remove_photo(photo=_photo(code=code, token=token, by=by), by=by, at=at)


def photo(*, code: str, token: str, by: Actor) -> bytes:
    """Return a photo of a village, also one that only older versions show.

    Raises:
        NotVisibleError: the village or the photo is absent or somebody else's.
    """
    return files.read(_photo(code=code, token=token, by=by).file)


def _photo(*, code: str, token: str, by: Actor) -> VillagePhoto:
    village = access.village_to_see(code, by=by)
    photos = VillagePhoto.objects.filter(area=village, file__token=token)
    found = photos.select_related("area", "file").first()
    if found is None:
        raise NotVisibleError("没有找到这张照片。")
    return found
