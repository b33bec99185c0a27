"""Donations as the desk keeps them and as everybody reads them: drives, gifts, grants."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation

from django.db.models import Q

from dianliang.core import audit, files
from dianliang.domain.directory.models import Unit
from dianliang.domain.intake.tokens import phone_key
from dianliang.domain.ledger import giving, granting
from dianliang.domain.ledger.giving import Giver, Thing
from dianliang.domain.ledger.granting import Beneficiary
from dianliang.domain.ledger.lifecycle import DRIVE, GRANT
from dianliang.domain.ledger.models import Article, Book, Drive, Gift, Grant, Pairing
from dianliang.domain.ledger.wording import PER, Quantity
from dianliang.flows.ledgers.donation_rows import DrivePage, page_of
from dianliang.kernel.actor import Actor
from dianliang.kernel.errors import InvalidInputError, NotVisibleError
from dianliang.kernel.text import clean_text

GIVERS = tuple((str(value), str(label)) for value, label in Gift.Giver.choices)
MOST_DIGITS = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """What a form of a gift or a grant says; amounts in the unit that people speak in."""

    book: str
    article: str
    amount: str
    on: date
    words: str
    kind: str = ""
    name: str = ""
    phone: str = ""
    shown_name: str = ""
    people: int = 1
    pairing: str = ""
    photo: bytes | None = None


def things() -> tuple[tuple[str, str], ...]:
    """Return what can be given: a book, or a kind of goods."""
    rows: list[tuple[str, str]] = []
    for book in Book.objects.filter(code__in=giving.BOOKS, is_active=True):
        if book.quantity == Book.Quantity.PIECES:
            goods = Article.objects.filter(is_active=True)
            rows += [(f"{book.code}:{one.code}", f"{one.name}（{one.measure}）") for one in goods]
        else:
            unit = {"fen": "元", "ml": "毫升"}.get(book.quantity, "")
            rows.append((book.code, f"{book.name}（{unit}）"))
    return tuple(rows)


def thing_of(*, book: str, article: str, amount: str) -> Thing:
    """Read what and how much: yuan with cents, or whole pieces and millilitres.

    Raises:
        InvalidInputError: it is no such thing or no such amount.
    """
    found = Book.objects.filter(code=book).first()
    if found is None or book not in giving.BOOKS:
        raise InvalidInputError("请选择捐赠内容。", field="thing")
    goods = Article.objects.filter(code=article).first() if article else None
    if article and goods is None:
        raise InvalidInputError("没有这种物品。", field="thing")
    per = PER.get(Quantity(found.quantity), 1)
    try:
        told = Decimal(amount.strip().replace(",", "").replace("，", ""))
    except InvalidOperation as error:
        raise InvalidInputError("数量应填数字。", field="amount") from error
    if not told.is_finite() or told.adjusted() >= MOST_DIGITS:
        raise InvalidInputError("数量过大或不是数字，请核对。", field="amount")
    if told * per != int(told * per):
        words = "金额最多到分。" if found.quantity == Book.Quantity.FEN else "数量应为整数。"
        raise InvalidInputError(words, field="amount")
    return Thing(book=book, amount=int(told * per), article=goods)


def drive_of(number: str, *, by: Actor) -> Drive:
    """Return a drive of an actor's units.

    Raises:
        NotVisibleError: there is none.
    """
    found = Drive.objects.select_related("unit").filter(
        number=number, unit__path__startswith=by.unit_path or "-"
    )
    one = found.first()
    if one is None:
        raise NotVisibleError("没有找到这个募捐项目。")
    return one


def drive_page(*, number: str, by: Actor, is_whole: bool = False) -> DrivePage:
    """Return a drive of an actor's units with its latest gifts and grants, or with all.

    Raises:
        NotVisibleError: there is none.
    """
    one = drive_of(number, by=by)
    verbs = tuple((verb.verb, verb.label) for verb in DRIVE.verbs(one.status, role=by.role))
    return page_of(one, by=by, verbs=verbs, is_whole=is_whole)


def plan(
    *,
    title: str,
    purpose: str,
    unit_code: str,
    opens_on: date,
    closes_on: date | None,
    is_for_pairings: bool,
    by: Actor,
    at: datetime,
) -> Drive:
    """Prepare a drive of a unit of the actor's.

    Raises:
        InvalidInputError: the unit is not his, or see the operation.
    """
    unit = Unit.objects.filter(code=unit_code, path__startswith=by.unit_path or "-").first()
    if unit is None:
        raise InvalidInputError("请选择本单位范围内的发起单位。", field="unit")
    return giving.plan_drive(
        title=title,
        purpose=purpose,
        unit=unit,
        opens_on=opens_on,
        closes_on=closes_on,
        is_for_pairings=is_for_pairings,
        by=by,
        at=at,
    )


def move(*, number: str, verb: str, by: Actor, at: datetime) -> Drive:
    """Open a drive, close it, or open it again; see the lifecycle."""
    return giving.move_drive(drive=drive_of(number, by=by), verb=verb, by=by, at=at)


def receive(*, number: str, sent: Sent, key: str, by: Actor, at: datetime) -> Gift:
    """Take in a gift for a drive of the actor's units; see the operation."""
    drive = drive_of(number, by=by)
    thing = thing_of(book=sent.book, article=sent.article, amount=sent.amount)
    receipt = files.keep_image(sent.photo, at=at, field="photo") if sent.photo else None
    return giving.receive(
        drive=drive,
        thing=thing,
        giver=Giver(
            kind=sent.kind,
            name=sent.name,
            phone=sent.phone,
            index=phone_key(sent.phone),
            shown_name=sent.shown_name,
            people=sent.people,
        ),
        on=sent.on,
        note=sent.words,
        by=by,
        at=at,
        key=hashlib.sha256(f"{number}:{key}".encode()).hexdigest(),
        pairing=_pairing(sent.pairing, by=by),
        receipt=receipt,
    )


def ask(*, number: str, sent: Sent, account: str = "", by: Actor, at: datetime) -> Grant:
    """Ask that a drive of the actor's units gives something; see the operation."""
    return granting.ask(
        drive=drive_of(number, by=by),
        thing=thing_of(book=sent.book, article=sent.article, amount=sent.amount),
        beneficiary=Beneficiary(
            name=sent.name, shown_name=sent.shown_name, people=sent.people, account=account
        ),
        words=sent.words,
        by=by,
        at=at,
        pairing=_pairing(sent.pairing, by=by),
    )


def _pairing(number: str, *, by: Actor) -> Pairing | None:
    if not number:
        return None
    found = Pairing.objects.filter(number=number, unit__path__startswith=by.unit_path or "-")
    one = found.first()
    if one is None:
        raise InvalidInputError("没有找到这份结对。", field="pairing")
    return one


def act(
    *,
    number: str,
    verb: str,
    because: str,
    on: date,
    photo: bytes | None,
    by: Actor,
    at: datetime,
) -> Grant:
    """Decide about a grant of the actor's units, hand it out, or take it back.

    Raises:
        NotVisibleError: there is no such grant or verb.
        DomainError: see the operations.
    """
    grant = (
        Grant.objects.select_related("drive__unit", "book", "article", "set_aside", "handed_out")
        .filter(number=number, drive__unit__path__startswith=by.unit_path or "-")
        .first()
    )
    if grant is None or verb not in {row.verb for row in GRANT}:
        raise NotVisibleError("没有找到这笔发放。")
    if verb == "approve":
        return granting.approve(grant=grant, by=by, at=at)
    if verb == "refuse":
        return granting.refuse(grant=grant, because=because, by=by, at=at)
    if verb == "withdraw":
        return granting.withdraw(grant=grant, because=because, by=by, at=at)
    proof = files.keep_image(photo, at=at, field="photo") if photo else None
    return granting.hand_out(grant=grant, on=on, by=by, at=at, proof=proof)


def gift_of(number: str, *, by: Actor) -> Gift:
    """Return a gift for a drive of the actor's units.

    Raises:
        NotVisibleError: there is none.
    """
    found = Gift.objects.select_related("drive", "entry").filter(
        number=number, drive__unit__path__startswith=by.unit_path or "-"
    )
    one = found.first()
    if one is None:
        raise NotVisibleError("没有找到这笔捐赠。")
    return one


def undo(*, number: str, because: str, by: Actor, at: datetime) -> Gift:
    """Undo a gift that was entered by mistake or given back; see the operation."""
    return giving.undo_gift(gift=gift_of(number, by=by), because=because, by=by, at=at)


def reveal(*, number: str, reason: str, by: Actor, at: datetime) -> tuple[Gift, str]:
    """Return who gave, in clear, for a reason that is on record.

    Raises:
        InvalidInputError: there is no reason.
        NotVisibleError: there is no such gift.
    """
    reason = clean_text(reason, field="reason", label="事由", most=200, least=2)
    gift = gift_of(number, by=by)
    audit.record("ledger.gift.reveal", target=gift, by=by, at=at, reason=reason)
    return gift, " ".join(part for part in (gift.giver_name, gift.giver_phone) if part)


def photo_of(*, token: str, by: Actor) -> bytes:
    """Return a receipt or a proof of a drive of the actor's units.

    Raises:
        NotVisibleError: there is none.
    """
    path = by.unit_path or "-"
    gifts = Gift.objects.filter(receipt__token=token, drive__unit__path__startswith=path)
    grants = Grant.objects.filter(proof__token=token, drive__unit__path__startswith=path)
    if not (gifts.exists() or grants.exists()):
        raise NotVisibleError("没有找到这张凭证。")
    return files.read_token(token)


def summary(*, by: Actor) -> Mapping[str, int]:
    """Return how many drives are open and how many grants wait, for the head of the page."""
    own = Q(drive__unit__path__startswith=by.unit_path or "-")
    return {
        "open": Drive.objects.filter(
            status="OPEN", unit__path__startswith=by.unit_path or "-"
        ).count(),
        "waiting": Grant.objects.filter(own, status="ASKED").count(),
        "to_hand_out": Grant.objects.filter(own, status="APPROVED").count(),
    }
