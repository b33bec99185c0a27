"""The shop where points buy goods: articles, stock, what was handed out."""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import IntegrityError, transaction

from dianliang.core import audit
from dianliang.core.rows import Rows
from dianliang.domain.directory.models import Unit
from dianliang.domain.ledger import queries, redeeming
from dianliang.domain.ledger.models import Account, Article, Entry, Redemption
from dianliang.domain.workforce.models import Person
from dianliang.flows.ledgers import earning
from dianliang.kernel.actor import Actor
from dianliang.kernel.errors import InvalidInputError, NotVisibleError
from dianliang.kernel.phrases import Phrase
from dianliang.kernel.text import clean_text


@dataclass(frozen=True, slots=True, kw_only=True)
class ArticleRow:
    """An article, what it costs, and what the actor's units have of it."""

    code: str
    name: str
    measure: str
    points: int | None
    stock: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RedemptionRow:
    """Goods that were handed out for points."""

    number: str
    at: datetime
    person: str
    what: str
    points: int
    unit: str
    by_name: str
    is_returned: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Shop:
    """The page: articles, who can redeem with how many points, what was redeemed, latest first."""

    articles: tuple[ArticleRow, ...]
    redemptions: Sequence[RedemptionRow]
    units: tuple[tuple[str, str], ...]
    people: tuple[tuple[str, str, int], ...]


def shop(*, by: Actor) -> Shop:
    """Return the shop of an actor's units."""
    path = by.unit_path or "-"
    units = dict(Unit.objects.filter(path__startswith=path).values_list("code", "name"))
    stock: dict[int, list[tuple[str, int]]] = {}
    held = Account.objects.filter(
        book__code="goods", holder_kind="unit", holder_code__in=units, amount__gt=0
    )
    for article, code, amount in held.values_list("article_id", "holder_code", "amount"):
        stock.setdefault(article or 0, []).append((units[code], amount))
    articles = Article.objects.filter(is_active=True)
    done = Redemption.objects.filter(unit__path__startswith=path).select_related(
        "person", "article", "unit", "points_entry__reversed_by"
    )
    return Shop(
        articles=tuple(
            ArticleRow(
                code=one.code,
                name=one.name,
                measure=one.measure,
                points=one.points,
                stock=tuple(sorted(stock.get(one.pk, ()))),
            )
            for one in articles
        ),
        redemptions=Rows(done, _redemption_rows),
        units=tuple(units.items()),
        people=_people(path),
    )


def _redemption_rows(done: Iterable[Redemption]) -> tuple[RedemptionRow, ...]:
    return tuple(
        RedemptionRow(
            number=one.number,
            at=one.at,
            person=one.person.name,
            what=f"{one.article.name} {one.pieces} {one.article.measure}",
            points=one.points,
            unit=one.unit.name,
            by_name=one.by_name,
            is_returned=hasattr(one.points_entry, "reversed_by"),
        )
        for one in done
    )


def _people(path: str) -> tuple[tuple[str, str, int], ...]:
    """Return who has points, most first."""
    held = queries.holdings(book=redeeming.BOOK)
    people = Person.objects.filter(unit__path__startswith=path, number__in=held, is_active=True)
    rows = [(number, name, held[number]) for number, name in people.values_list("number", "name")]
    return tuple(sorted(rows, key=lambda row: (-row[2], row[0])))


@transaction.atomic
def price(
    *, code: str, name: str, measure: str, points: int | None, by: Actor, at: datetime
) -> Article:
    """Add an article, or change for how many points it is given; without any it is not.

    Raises:
        NotYourTurnError: a price binds all units, and the actor does not speak for them.
        InvalidInputError: a text or the price cannot be, or there is one of this name.
        NotVisibleError: there is no article of this code.
    """
    if code or points is not None:
        earning.require_ruler(by)
    if points is not None and not 1 <= points <= 100_000:
        raise InvalidInputError("兑换积分应为 1 到 100000。", field="points")
    if code:
        article = Article.objects.filter(code=code).first()
        if article is None:
            raise NotVisibleError("没有这种物品。")
        before, article.points = article.points, points
        article.save(update_fields=["points"])
    else:
        name = clean_text(name, field="name", label="名称", most=40, least=2)
        measure = clean_text(measure, field="measure", label="单位", most=8, least=1)
        before, article = None, _added(name, measure, points)
    audit.record_about(
        "ledger.article.price",
        target_type="ledger.article",
        target_id=article.code,
        by=by,
        at=at,
        before=str(before or ""),
        after=f"{article.name} {points or ''}".strip(),
    )
    return article


def _added(name: str, measure: str, points: int | None) -> Article:
    code = f"A{hashlib.sha256(name.encode()).hexdigest()[:10]}"
    try:
        with transaction.atomic():
            return Article.objects.create(code=code, name=name, measure=measure, points=points)
    except IntegrityError as error:
        raise InvalidInputError(Phrase("已有物品“%(name)s”。", name=name), field="name") from error


def stock_up(
    *,
    article: str,
    unit: str,
    pieces: int,
    words: str,
    on: date,
    key: str,
    by: Actor,
    at: datetime,
) -> Entry:
    """Take goods into the stock of a unit of the actor's; see the operation."""
    return redeeming.stock_up(
        article=_article(article),
        unit=_unit(unit, by=by),
        pieces=pieces,
        words=words,
        on=on,
        by=by,
        at=at,
        key=key,
    )


def redeem(
    *,
    person: str,
    article: str,
    unit: str,
    pieces: int,
    seen: int | None = None,
    key: str,
    by: Actor,
    at: datetime,
) -> Redemption:
    """Hand goods to a person of the actor's units; see the operation."""
    found = Person.objects.filter(number=person, unit__path__startswith=by.unit_path or "-").first()
    if found is None:
        raise InvalidInputError("请选择兑换人。", field="person")
    return redeeming.redeem(
        person=found,
        article=_article(article),
        pieces=pieces,
        unit=_unit(unit, by=by),
        seen=seen,
        by=by,
        at=at,
        key=key,
    )


def take_back(*, number: str, because: str, by: Actor, at: datetime) -> Redemption:
    """Take goods back that a unit of the actor's handed out; see the operation.

    Raises:
        NotVisibleError: there is no such redemption.
    """
    found = Redemption.objects.select_related("points_entry", "goods_entry").filter(
        number=number, unit__path__startswith=by.unit_path or "-"
    )
    one = found.first()
    if one is None:
        raise NotVisibleError("没有找到这笔兑换。")
    return redeeming.take_back(redemption=one, because=because, by=by, at=at)


def _article(code: str) -> Article:
    found = Article.objects.filter(code=code, is_active=True).first()
    if found is None:
        raise InvalidInputError("请选择物品。", field="article")
    return found


def _unit(code: str, *, by: Actor) -> Unit:
    found = Unit.objects.filter(code=code, path__startswith=by.unit_path or "-").first()
    if found is None:
        raise InvalidInputError("请选择本单位范围内的单位。", field="unit")
    return found
