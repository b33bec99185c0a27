"""Every write about what measures cost: a version, and a second person's check of it."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Exists, OuterRef, Q

from dianliang.core import audit
from dianliang.core.second_person import withdraw
from dianliang.core.shipped import SHIPPED_BY
from dianliang.domain.relief.models import MeasurePrice, PriceCheck
from dianliang.domain.relief.operations import MOST_CNY, UnableToRelieveError
from dianliang.kernel.actor import Actor
from dianliang.kernel.calendar import SHANGHAI
from dianliang.kernel.errors import NotVisibleError
from dianliang.kernel.phrases import Phrase
from dianliang.kernel.text import clean_text

_R10 = (10, 12.5, 16, 20, 25, 31.5, 40, 50, 63, 80)
STANDARD_KVA = {30, 50, 63, 80, 10_000} | {int(step * ten) for step in _R10 for ten in (10, 100)}
"""Ratings of three-phase transformers, GB/T 6451: the R10 series of GB/T 321."""
MOST_FACTOR = 3.0
"""A price so many times its neighbours, or as many times less, is rather a slip than a price."""
MOST_RATING_KVA = 10_000
"""Beyond what stands on a distribution line."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Priced:
    """A price as it is handed in; `rating_kva` only for a larger transformer."""

    item: str
    rating_kva: int | None
    cny: float
    source: str
    year: int


@transaction.atomic
def price(*, told: Priced, by: Actor, at: datetime) -> MeasurePrice:
    """Add a version of a price (登记造价); it counts once another person has checked it.

    What is unusual of it is kept for whoever checks.

    Raises:
        UnableToRelieveError: item, rating, price or year cannot be, or nothing is new.
        InvalidInputError: the source is missing or too long.
    """
    _refuse_price(told, at=at)
    source = clean_text(told.source, field="source", label="来源", most=120, least=2)
    versions = MeasurePrice.objects.select_for_update().filter(
        item=told.item, rating_kva=told.rating_kva
    )
    last = versions.order_by("edition").last()
    if last is not None and (last.cny, last.source, last.year) == (told.cny, source, told.year):
        raise UnableToRelieveError(Phrase("和最近一版造价一样，不用再登记。"), field="cny")
    edition = last.edition + 1 if last else 1
    name = told.item if told.rating_kva is None else f"{told.item}-{told.rating_kva}"
    made = MeasurePrice.objects.create(
        code=f"{name}@{edition}",
        item=told.item,
        rating_kva=told.rating_kva,
        edition=edition,
        cny=told.cny,
        source=source,
        year=told.year,
        unusual=[words.kept() for words in _unusual(told)],
        recorded_by=by.name,
        recorded_id=by.id,
        recorded_person=by.person_number,
        recorded_at=at,
    )
    audit.record(
        "relief.measureprice.price",
        target=made,
        by=by,
        at=at,
        before=f"{last.cny:g}" if last else "",
        after=f"{made.cny:g}",
        reason=source,
    )
    return made


@transaction.atomic
def check_price(*, code: str, document: str, words: str, by: Actor, at: datetime) -> PriceCheck:
    """Confirm that a version says what its document says (核对造价), as another than its recorder.

    Raises:
        NotVisibleError: there is no such version.
        UnableToRelieveError: it was checked, ships with the program, or is his own.
        InvalidInputError: the document or what was compared is not told.
    """
    found = _version(code)
    if found.recorded_by == SHIPPED_BY:
        raise UnableToRelieveError(Phrase("随程序提供的造价没有文件可以对照，请登记本单位的造价。"))
    if by.is_who(account=found.recorded_id, name=found.recorded_by, person=found.recorded_person):
        raise UnableToRelieveError(Phrase("登记人不能核对自己登记的造价，请由另一人来做。"))
    if PriceCheck.objects.filter(price=found, withdrawn_at=None).exists():
        raise UnableToRelieveError(Phrase("这一版已经核对过。"))
    made = PriceCheck.objects.create(
        price=found,
        document=clean_text(document, field="document", label="对照的文件", most=200, least=4),
        words=clean_text(words, field="words", label="核对了什么", most=300, least=4),
        checked_by=by.id,
        checked_name=by.name,
        checked_person=by.person_number,
        checked_at=at,
    )
    audit.record(
        "relief.measureprice.check",
        target=found,
        by=by,
        at=at,
        after=made.document[:64],
        reason=made.words,
    )
    return made


@transaction.atomic
def withdraw_check(*, code: str, words: str, by: Actor, at: datetime) -> None:
    """Take back that a version was checked (撤回核对); the one that counted before counts again.

    Raises:
        NotVisibleError: there is no such version.
        UnableToRelieveError: nobody checked it, or the check was withdrawn.
        InvalidInputError: no reason is told.
    """
    found = _version(code)
    said = clean_text(words, field="reason", label="撤回原因", most=300, least=4)
    checks = PriceCheck.objects.filter(price=found)
    if not withdraw(checks, words=said, name=by.name, at=at):
        raise UnableToRelieveError(Phrase("这一版现在没有核对可以撤回。"))
    audit.record("relief.measureprice.uncheck", target=found, by=by, at=at, reason=said)


def _version(code: str) -> MeasurePrice:
    found = None if "\0" in code else MeasurePrice.objects.filter(code=code).first()
    if found is None:
        raise NotVisibleError("没有找到这一版造价。")
    return found


def _unusual(told: Priced) -> list[Phrase]:
    """Say that a rating is no standard one, or a price far from those that count.

    What nobody has checked is no measure: else a price might climb by steps that each look small.
    """
    found = []
    if told.rating_kva is not None and told.rating_kva not in STANDARD_KVA:
        words = "%(kva)s kVA 不是标准容量（如 250、315、400）。"
        found.append(Phrase(words, kva=told.rating_kva))
    near = _near(told)
    if near and not min(near) / MOST_FACTOR <= told.cny <= max(near) * MOST_FACTOR:
        span = f"{min(near):,.0f} ~ {max(near):,.0f}"
        words = "造价与现行的一版或相邻容量现行的造价（%(span)s 元）相差 %(times)s 倍以上。"
        found.append(Phrase(words, span=span, times=f"{MOST_FACTOR:g}"))
    return found


def _near(told: Priced) -> list[float]:
    """Return what counts now: the price itself, and those of the next smaller and larger rating."""
    is_checked = Exists(PriceCheck.objects.filter(price=OuterRef("pk"), withdrawn_at=None))
    counting = MeasurePrice.objects.filter(Q(recorded_by=SHIPPED_BY) | is_checked, item=told.item)
    present = dict(counting.order_by("edition").values_list("rating_kva", "cny"))
    ratings = {told.rating_kva}
    if told.rating_kva is not None:
        known = [kva for kva in present if kva is not None]
        ratings.add(max((kva for kva in known if kva < told.rating_kva), default=None))
        ratings.add(min((kva for kva in known if kva > told.rating_kva), default=None))
    return [present[kva] for kva in ratings if kva in present]


def _refuse_price(told: Priced, *, at: datetime) -> None:
    this_year = at.astimezone(SHANGHAI).year
    wrongs = (
        (Phrase("请选择措施。"), "item", told.item not in MeasurePrice.Item.values),
        (
            Phrase("增容要写额定容量（kVA），其他措施不写。"),
            "rating_kva",
            (told.item == MeasurePrice.Item.LARGER) != (told.rating_kva is not None),
        ),
        (
            Phrase("额定容量应在 1 到 %(most)s kVA 之间。", most=MOST_RATING_KVA),
            "rating_kva",
            told.rating_kva is not None and not 1 <= told.rating_kva <= MOST_RATING_KVA,
        ),
        (Phrase("造价应是大于 0 的数（元）。"), "cny", not 0 < told.cny <= MOST_CNY),
        (
            Phrase("价格年份应在 2000 到 %(year)s 之间。", year=this_year),
            "year",
            not 2000 <= told.year <= this_year,
        ),
    )
    for words, field, is_wrong in wrongs:
        if is_wrong:
            raise UnableToRelieveError(words, field=field)
