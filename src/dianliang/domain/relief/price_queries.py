"""What measures cost: the present version of each price, and all versions of one."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Exists, F, OuterRef, Q

from dianliang.domain.relief.models import MeasurePrice


@dataclass(frozen=True, slots=True, kw_only=True)
class PriceRow:
    """A version of a price: `cny` for what `item` names, of `rating_kva` where it is enlarging."""

    code: str
    item: str
    item_label: str
    rating_kva: int | None
    edition: int
    cny: float
    source: str
    year: int
    recorded_by: str
    recorded_at: datetime


def prices() -> tuple[PriceRow, ...]:
    """Return the present version of every price: measures first, then ratings. One query."""
    newer = MeasurePrice.objects.filter(
        Q(rating_kva=OuterRef("rating_kva")) | Q(rating_kva=None, item=OuterRef("item")),
        item=OuterRef("item"),
        edition__gt=OuterRef("edition"),
    )
    rows = MeasurePrice.objects.filter(~Exists(newer))
    ordered = rows.order_by(F("rating_kva").asc(nulls_first=True), "item")
    return tuple(
        PriceRow(
            code=row.code,
            item=row.item,
            item_label=row.get_item_display(),
            rating_kva=row.rating_kva,
            edition=row.edition,
            cny=row.cny,
            source=row.source,
            year=row.year,
            recorded_by=row.recorded_by,
            recorded_at=row.recorded_at,
        )
        for row in ordered
    )
