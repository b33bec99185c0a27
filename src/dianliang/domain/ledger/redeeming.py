"""Give goods for points: stock and points leave together, and neither falls below zero."""

from datetime import date, datetime

from django.db import transaction

from dianliang.core import audit
from dianliang.core.numbers import next_number
from dianliang.domain.directory.models import Unit
from dianliang.domain.ledger.models import Account, Article, Entry, Redemption
from dianliang.domain.ledger.operations import (
    Line,
    OwnBenefitError,
    Source,
    account,
    pass_gate,
    post,
    reverse,
)
from dianliang.domain.workforce.models import Person
from dianliang.kernel.actor import Actor
from dianliang.kernel.calendar import SHANGHAI
from dianliang.kernel.errors import DomainError, InvalidInputError, KeyReusedError, StaleStateError
from dianliang.kernel.phrases import Phrase
from dianliang.kernel.text import clean_text

BOOK = "volunteer_points"
MOST_PIECES = 10_000_000


class UnableToRedeemError(DomainError):
    """These points buy nothing here."""

    code = "ledger.unable-to-redeem"


@transaction.atomic
def stock_up(
    *,
    article: Article,
    unit: Unit,
    pieces: int,
    words: str,
    on: date,
    by: Actor,
    at: datetime,
    key: str,
) -> Entry:
    """Take goods into a unit's stock (入库); a repeated key does it once.

    Raises:
        InvalidInputError: number, day or words cannot be.
        KeyReusedError: the key came with something else.
    """
    if not 1 <= pieces <= MOST_PIECES:
        raise InvalidInputError(
            Phrase("数量应为 1 到 %(most)d。", most=MOST_PIECES), field="pieces"
        )
    words = clean_text(words, field="words", label="来源说明", most=150, least=2)
    pass_gate()
    earlier = Entry.objects.filter(key=f"stock/{key}").first()
    if earlier is not None:
        came = earlier.lines.filter(amount=pieces, account=_goods(article, "unit", unit.code))
        if not came.exists():
            raise KeyReusedError("同一幂等键不能用于不同内容。", field="key")
        return earlier
    entry = post(
        book="goods",
        lines=(
            Line(_goods(article, "unit", unit.code), pieces, "", unit.code),
            Line(_goods(article, "outside", "suppliers"), -pieces),
        ),
        source=Source("stock", next_number("RK", at=at)),
        on=on,
        words=f"{article.name}入库：{words}"[:200],
        by=by,
        at=at,
        key=f"stock/{key}",
    )
    audit.record(
        "ledger.entry.stock_up", target=entry, by=by, at=at, after=f"{article.name} {pieces}"
    )
    return entry


@transaction.atomic
def redeem(
    *,
    person: Person,
    article: Article,
    pieces: int,
    unit: Unit,
    seen: int | None = None,
    by: Actor,
    at: datetime,
    key: str,
) -> Redemption:
    """Hand goods of a unit's stock to a person for his points (兑换); a repeated key does it once.

    `seen` is the price that was shown to whoever decided.

    Raises:
        StaleStateError: the price is another by now.
        OwnBenefitError: the actor would give to himself.
        UnableToRedeemError: the article is not for points.
        OverdrawnError: there are not enough points, or not enough goods.
        KeyReusedError: the key came with something else.
    """
    if by.person_number == person.number:
        raise OwnBenefitError("不能给本人兑换，请由他人经办。")
    if not 1 <= pieces <= 1000:
        raise InvalidInputError("件数应为 1 到 1000。", field="pieces")
    pass_gate()
    earlier = Redemption.objects.filter(key=key).first()
    if earlier is not None:
        wanted = (person.pk, article.pk, pieces)
        if (earlier.person_id, earlier.article_id, earlier.pieces) != wanted:
            raise KeyReusedError("同一幂等键不能用于不同内容。", field="key")
        return earlier
    number, points = next_number("DH", at=at), pieces * _price_of(article, seen=seen)
    done = Redemption.objects.create(
        number=number,
        person=person,
        article=article,
        unit=unit,
        pieces=pieces,
        points=points,
        at=at,
        by_id=by.id,
        by_name=by.name,
        by_person=Person.objects.filter(number=by.person_number or "-").first(),
        points_entry=_pay(number, person, points, unit, article, by=by, at=at),
        goods_entry=_hand_over(number, article, pieces, unit, by=by, at=at),
        key=key,
    )
    audit.record(
        "ledger.redemption.make",
        target=done,
        by=by,
        at=at,
        after=f"{article.name} {pieces}，{points} 分",
    )
    return done


def _price_of(article: Article, *, seen: int | None) -> int:
    if article.points is None or not article.is_active:
        raise UnableToRedeemError(
            Phrase("%(name)s不可用积分兑换。", name=article.name), field="article"
        )
    if seen is not None and seen != article.points:
        message = Phrase(
            "%(name)s的兑换积分刚改为 %(points)s，请核对后再兑换。",
            name=article.name,
            points=article.points,
        )
        raise StaleStateError(message, field="article")
    return article.points


def _pay(
    number: str,
    person: Person,
    points: int,
    unit: Unit,
    article: Article,
    *,
    by: Actor,
    at: datetime,
) -> Entry:
    return post(
        book=BOOK,
        lines=(
            Line(account(BOOK, "person", person.number), -points, "", unit.code),
            Line(account(BOOK, "outside", "redeemed"), points),
        ),
        source=Source("redemption", number),
        on=at.astimezone(SHANGHAI).date(),
        words=f"兑换{article.name}",
        by=by,
        at=at,
        key=f"redemption/{number}/points",
    )


def _hand_over(
    number: str, article: Article, pieces: int, unit: Unit, *, by: Actor, at: datetime
) -> Entry:
    return post(
        book="goods",
        lines=(
            Line(_goods(article, "unit", unit.code), -pieces, "", unit.code),
            Line(_goods(article, "outside", "redeemed"), pieces),
        ),
        source=Source("redemption", number),
        on=at.astimezone(SHANGHAI).date(),
        words=f"兑换{article.name}",
        by=by,
        at=at,
        key=f"redemption/{number}/goods",
    )


@transaction.atomic
def take_back(*, redemption: Redemption, because: str, by: Actor, at: datetime) -> Redemption:
    """Take goods back and give the points back (退回).

    Raises:
        UnableToPostError: it was taken back before.
        OwnBenefitError: it is the actor's own.
        InvalidInputError: there is no reason.
    """
    reverse(redemption.points_entry.number, because=because, by=by, at=at)
    reverse(redemption.goods_entry.number, because=because, by=by, at=at)
    audit.record("ledger.redemption.take_back", target=redemption, by=by, at=at, reason=because)
    return redemption


def _goods(article: Article, kind: str, code: str) -> Account:
    return account("goods", kind, code, article=article)
