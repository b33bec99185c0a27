"""Donations: a purpose receives, and gives to whom another person approved; never more than is."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from dianliang.core import audit, transitions
from dianliang.core.models import StoredFile
from dianliang.core.numbers import next_number
from dianliang.domain.directory.models import Unit
from dianliang.domain.ledger.lifecycle import DRIVE
from dianliang.domain.ledger.models import Account, Article, Drive, Entry, Gift, Grant, Pairing
from dianliang.domain.ledger.operations import (
    MOST,
    Line,
    Source,
    account,
    pass_gate,
    post,
    reverse,
)
from dianliang.domain.ledger.retracting import retract
from dianliang.kernel.actor import Actor
from dianliang.kernel.calendar import SHANGHAI
from dianliang.kernel.errors import DomainError, InvalidInputError, KeyReusedError
from dianliang.kernel.phrases import Phrase
from dianliang.kernel.text import clean_text

BOOKS = ("money", "goods", "blood")
"""What can be given."""


class UnableToGiveError(DomainError):
    """This cannot be received or given like this."""

    code = "ledger.unable-to-give"


@dataclass(frozen=True, slots=True, kw_only=True)
class Thing:
    """How much of what, in the book's smallest unit."""

    book: str
    amount: int
    article: Article | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Giver:
    """Who gives, and how he wishes to be named; `people` gave together. `index` finds a phone."""

    kind: str
    name: str = ""
    phone: str = ""
    index: str = ""
    shown_name: str = ""
    people: int = 1


@transaction.atomic
def plan_drive(
    *,
    title: str,
    purpose: str,
    unit: Unit,
    opens_on: date,
    closes_on: date | None,
    is_for_pairings: bool,
    by: Actor,
    at: datetime,
    is_generated: bool = False,
) -> Drive:
    """Prepare a call to give for a purpose (募捐项目).

    Raises:
        InvalidInputError: a text or the period cannot be.
    """
    if closes_on is not None and closes_on < opens_on:
        raise InvalidInputError("截止日期不能早于开始日期。", field="closes_on")
    drive = Drive.objects.create(
        number=next_number("MJ", at=at),
        title=clean_text(title, field="title", label="名称", most=40, least=2),
        purpose=clean_text(purpose, field="purpose", label="用途", most=500, least=4),
        unit=unit,
        opens_on=opens_on,
        closes_on=closes_on,
        is_for_pairings=is_for_pairings,
        opened_by=by.name,
        opened_at=at,
        is_generated=is_generated,
    )
    audit.record("ledger.drive.plan", target=drive, by=by, at=at, after=drive.title)
    return drive


def move_drive(*, drive: Drive, verb: str, by: Actor, at: datetime) -> Drive:
    """Open a drive, close it, or open it again.

    Raises:
        IllegalTransitionError, NotYourTurnError, StaleStateError: see the lifecycle.
    """
    changes = {"closed_at": at if verb == "close" else None}
    return transitions.apply(drive, verb, lifecycle=DRIVE, by=by, at=at, changes=changes)


def fund(holder: Drive | Grant, thing: Thing) -> Account:
    """Return the account of a purpose, or of what is set aside for a grant."""
    return account(thing.book, "fund", holder.number, article=thing.article)


@transaction.atomic
def receive(
    *,
    drive: Drive,
    thing: Thing,
    giver: Giver,
    on: date,
    note: str,
    by: Actor,
    at: datetime,
    key: str,
    pairing: Pairing | None = None,
    receipt: StoredFile | None = None,
) -> Gift:
    """Take in what somebody gives for a purpose (接收); a repeated key does it once.

    Raises:
        KeyReusedError: the key came with another gift.
        InvalidInputError: amount, giver or day cannot be.
        UnableToGiveError: the drive takes nothing (now), or the pairing is not of it.
    """
    pass_gate()
    giver = _checked_giver(giver)
    check_thing(thing)
    earlier = Gift.objects.select_related("book").filter(entry__key=f"gift/{key}").first()
    if earlier is not None:
        _require_same(earlier, drive, thing, giver, on=on)
        return earlier
    _require_open(drive, on, at=at)
    if pairing is not None and not (drive.is_for_pairings and pairing.status == "ACTIVE"):
        raise UnableToGiveError("只有爱心结对项目、且结对中的，才能登记到结对。", field="pairing")
    number = next_number("JZ", at=at)
    entry = _enter(drive, thing, number, on=on, key=key, by=by, at=at)
    gift = Gift.objects.create(
        number=number,
        drive=drive,
        pairing=pairing,
        giver_kind=giver.kind,
        giver_name=giver.name,
        giver_phone=giver.phone,
        giver_index=giver.index,
        shown_name=giver.shown_name,
        book=entry.book,
        article=thing.article,
        amount=thing.amount,
        people=giver.people,
        on=on,
        note=clean_text(note, field="note", label="备注", most=200),
        receipt=receipt,
        entry=entry,
        received_at=at,
        received_by=by.id,
        received_name=by.name,
    )
    audit.record(
        "ledger.gift.receive", target=gift, by=by, at=at, after=f"{drive.number} {thing.amount}"
    )
    return gift


def _require_same(kept: Gift, drive: Drive, thing: Thing, giver: Giver, *, on: date) -> None:
    told = (drive.pk, thing.book, thing.article, thing.amount, on, giver.kind, giver.name)
    was = (kept.drive_id, kept.book.code, kept.article, kept.amount, kept.on, kept.giver_kind)
    if told != (*was, kept.giver_name) or giver.people != kept.people:
        message = Phrase(
            "同样的内容已登记为 %(number)s；要登记另一笔，请刷新页面后再提交。", number=kept.number
        )
        raise KeyReusedError(message, field="key")


def _enter(
    drive: Drive, thing: Thing, number: str, *, on: date, key: str, by: Actor, at: datetime
) -> Entry:
    return post(
        book=thing.book,
        lines=(
            Line(fund(drive, thing), thing.amount, "", drive.unit.code),
            Line(outside(thing, "givers"), -thing.amount),
        ),
        source=Source("gift", number),
        on=on,
        words=f"{drive.title}：接收捐赠",
        by=by,
        at=at,
        key=f"gift/{key}",
    )


@transaction.atomic
def undo_gift(*, gift: Gift, because: str, by: Actor, at: datetime) -> Gift:
    """Undo a gift that was entered by mistake, or given back (冲正), with the points for it.

    Raises:
        OverdrawnError: it has been spent.
        UnableToPostError: it was undone before.
    """
    reverse(gift.entry.number, because=because, by=by, at=at)
    retract(kind="gift", number=gift.number, because=because, by=by, at=at)
    return gift


def outside(thing: Thing, code: str) -> Account:
    """Return the account of those beyond, of a thing."""
    return account(thing.book, "outside", code, article=thing.article)


def check_thing(thing: Thing) -> None:
    """Refuse what cannot be given.

    Raises:
        InvalidInputError: book, amount or article cannot be; it is named.
    """
    if thing.book not in BOOKS:
        raise InvalidInputError("请选择资金、物资或献血。", field="book")
    if thing.amount < 1:
        raise InvalidInputError("数量应大于零，请核对。", field="amount")
    if thing.amount > MOST:
        raise InvalidInputError("数量过大，请核对。", field="amount")
    if (thing.article is not None) != (thing.book == "goods"):
        raise InvalidInputError("物资请选择物品，资金和献血不选。", field="article")


def _checked_giver(giver: Giver) -> Giver:
    if giver.kind not in Gift.Giver.values:
        raise InvalidInputError("请选择捐赠人类别。", field="giver_kind")
    if not 1 <= giver.people <= 1_000_000:
        raise InvalidInputError("人数应为正整数。", field="people")
    if giver.kind == Gift.Giver.ANONYMOUS:
        return Giver(kind=giver.kind, shown_name="爱心人士（匿名）", people=giver.people)
    return Giver(
        kind=giver.kind,
        name=clean_text(giver.name, field="giver_name", label="捐赠人", most=60, least=2),
        phone=clean_text(giver.phone, field="giver_phone", label="电话", most=24),
        index=giver.index,
        shown_name=clean_text(
            giver.shown_name, field="shown_name", label="公示称呼", most=40, least=1
        ),
        people=giver.people,
    )


def _require_open(drive: Drive, on: date, *, at: datetime) -> None:
    drive.refresh_from_db(fields=["status"])
    if drive.status != "OPEN":
        raise UnableToGiveError(
            Phrase(
                "“%(title)s”%(state)s，不能登记捐赠。",
                title=drive.title,
                state=Phrase(DRIVE.labels[drive.status]),
            )
        )
    if on < drive.opens_on or (drive.closes_on is not None and on > drive.closes_on):
        raise UnableToGiveError("接收日期不在项目起止日期之内。", field="on")
    if on > at.astimezone(SHANGHAI).date():
        raise InvalidInputError("接收日期不能晚于今天。", field="on")
