"""Whose meters are whose: nobody writes over, or measures by, the readings of a neighbour."""

from collections.abc import Collection

from dianliang.domain.customers.access import within
from dianliang.domain.enterprises.models import SupplyContract
from dianliang.domain.network.models import Transformer
from dianliang.engines.loading import Network
from dianliang.flows.relief import curves
from dianliang.kernel.actor import Actor
from dianliang.kernel.errors import InvalidInputError
from dianliang.kernel.phrases import Phrase

COUNTY = "/"
MOST_NAMED = 5


def refuse_foreign(
    numbers: Collection[str], network: Network | None, *, by: Actor, field: str = "file"
) -> None:
    """Refuse meters of a transformer or a firm that is another unit's. Two queries.

    A meter that hangs on nothing known belongs to nobody yet, and anybody may bring its readings.

    Raises:
        InvalidInputError: there are such meters; the first ones are named.
    """
    if by.unit_path == COUNTY:
        return
    foreign = sorted(set(numbers) & (_on_foreign(network, by=by) | _of_foreign_firms(by=by)))
    if foreign:
        words = Phrase(
            "有 %(n)d 只表不归您的单位管（%(first)s），没有写入。"
            "请去掉这些表，或由它们的单位办理。",
            n=len(foreign),
            first="、".join(foreign[:MOST_NAMED]),
        )
        raise InvalidInputError(words, field=field)


def firms_of(numbers: Collection[str], *, by: Actor) -> int:
    """Return how many firms of the actor have one of these meters. One query."""
    known = set(numbers)
    mine = SupplyContract.objects.filter(within(by, prefix="customer__"))
    return sum(bool(known & set(meters)) for meters in mine.values_list("meters", flat=True))


def _on_foreign(network: Network | None, *, by: Actor) -> set[str]:
    if network is None:
        return set()
    others = set(
        Transformer.objects.exclude(area_id__in=curves.areas_of(by)).values_list(
            "number", flat=True
        )
    )
    return {number for number, meter in network.meters.items() if meter.transformer in others}


def _of_foreign_firms(*, by: Actor) -> set[str]:
    others = SupplyContract.objects.exclude(within(by, prefix="customer__"))
    return {meter for meters in others.values_list("meters", flat=True) for meter in meters}
