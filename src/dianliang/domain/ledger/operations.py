"""Post entries: the only writer of entries, lines and balances.

All posting passes one gate, the rows of the books, which every transaction takes before it touches
an account or a number. So no two of them can wait for each other, whatever they post and in
whatever order, and numbers have no gaps.
"""

import hashlib
import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from django.db import transaction

from dianliang.core import audit
from dianliang.core.numbers import next_numbers
from dianliang.domain.ledger import models
from dianliang.domain.ledger.carrying import BATCH, carry_over, chunks
from dianliang.domain.ledger.holders import living
from dianliang.domain.ledger.models import Account, Article, Book, Entry
from dianliang.domain.ledger.wording import overdrawn
from dianliang.kernel.actor import Actor
from dianliang.kernel.calendar import SHANGHAI
from dianliang.kernel.errors import DomainError, InvalidInputError, KeyReusedError
from dianliang.kernel.phrases import Phrase
from dianliang.kernel.text import clean_text

MOST = 10**13
"""No amount is larger: a hundred thousand million yuan, or ten million tonnes."""
DAY = 10_000_000
"""Entries of a day that their keys have room for."""


class UnableToPostError(DomainError):
    """This cannot be entered as it is."""

    code = "ledger.unable-to-post"


class OverdrawnError(UnableToPostError):
    """There is less in an account than is to be taken out."""

    code = "ledger.overdrawn"


class OwnBenefitError(UnableToPostError):
    """Nobody approves or posts what he himself receives."""

    code = "ledger.own-benefit"


@dataclass(frozen=True, slots=True)
class Line:
    """What goes into an account, or out of it where negative, for which team and unit."""

    account: Account
    amount: int
    team_code: str = ""
    unit_code: str = ""


@dataclass(frozen=True, slots=True)
class Source:
    """The record that an entry follows from, by kind and readable number."""

    kind: str
    number: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Posting:
    """An entry to be; `rule` is the key of a version of a rule, `key` makes it happen once."""

    book: str
    lines: Sequence[Line]
    source: Source
    on: date
    words: str
    key: str
    rule: int | None = None
    reverses: Entry | None = None
    because: str = ""

    @property
    def fingerprint(self) -> str:
        """Return what tells the same entry from another under the same key."""
        body = [
            self.book,
            [[line.account.pk, line.amount, line.team_code, line.unit_code] for line in self.lines],
            [self.source.kind, self.source.number],
            self.on.isoformat(),
            self.rule,
            self.reverses.pk if self.reverses else None,
        ]
        return hashlib.sha256(json.dumps(body).encode()).hexdigest()


def account(
    book: str, holder_kind: str, holder_code: str, *, article: Article | None = None
) -> Account:
    """Return the account of a holder in a book, opened at its first use.

    Raises:
        InvalidInputError: there is no such book, kind of holder or article where pieces count.
    """
    return accounts(book, holder_kind, [holder_code], article=article)[holder_code]


def accounts(
    book: str, holder_kind: str, holder_codes: Collection[str], *, article: Article | None = None
) -> dict[str, Account]:
    """Return the accounts of many in a book by their codes; see `account`."""
    codes = sorted({*holder_codes})
    found = _held(book, holder_kind, codes, article)
    lacking = [code for code in codes if code not in found]
    return found | _open_accounts(book, holder_kind, lacking, article) if lacking else found


def _held(
    book: str, kind: str, codes: Sequence[str], article: Article | None
) -> dict[str, Account]:
    held = Account.objects.select_related("book", "article").filter(
        book__code=book, holder_kind=kind, article=article
    )
    return {
        one.holder_code: one
        for chunk in chunks(codes)
        for one in held.filter(holder_code__in=chunk)
    }


@transaction.atomic
def _open_accounts(
    book: str, kind: str, codes: Sequence[str], article: Article | None
) -> dict[str, Account]:
    books = pass_gate()
    if book not in books:
        raise InvalidInputError(Phrase("没有账本“%(book)s”。", book=book), field="book")
    for code in codes:
        if kind not in Account.Holder.values or not 1 <= len(code) <= 40:
            raise InvalidInputError(
                Phrase("账户持有者“%(kind)s:%(code)s”无效。", kind=kind, code=code), field="holder"
            )
    if (article is not None) != (books[book].quantity == Book.Quantity.PIECES):
        message = (
            Phrase("%(name)s按物品记账，请选择物品。", name=Phrase(books[book].name))
            if article is None
            else Phrase("%(name)s不记物品。", name=Phrase(books[book].name))
        )
        raise InvalidInputError(message, field="article")
    opened = _held(book, kind, codes, article)  # who was faster at the gate has opened some
    fresh = [
        Account(book=books[book], holder_kind=kind, holder_code=code, article=article)
        for code in codes
        if code not in opened
    ]
    made = Account.objects.bulk_create(fresh, batch_size=BATCH)
    return opened | {one.holder_code: one for one in made}


def post(
    *,
    book: str,
    lines: Sequence[Line],
    source: Source,
    on: date,
    words: str,
    by: Actor,
    at: datetime,
    key: str,
    rule: int | None = None,
) -> Entry:
    """Enter that something moved between accounts of one book; the same key enters it once.

    Amounts are in the book's smallest unit and sum to zero.

    Raises:
        InvalidInputError: there is no such book, or a text, day or key cannot be.
        UnableToPostError: lines do not balance or are of several books or articles.
        OverdrawnError: an account holds less than is to be taken from it.
        OwnBenefitError: the actor would receive something.
        KeyReusedError: the key came before with another entry.
    """
    posting = Posting(book=book, lines=lines, source=source, on=on, words=words, key=key, rule=rule)
    return post_all(postings=[posting], by=by, at=at)[0]


@transaction.atomic
def post_all(*, postings: Sequence[Posting], by: Actor, at: datetime) -> tuple[Entry, ...]:
    """Enter many, all or none, in order; see `post`."""
    postings = [_cleaned(posting, by=by, at=at) for posting in postings]
    books = pass_gate()
    known = _recall(postings)
    fresh: dict[str, Posting] = {}
    for posting in postings:
        earlier = known.get(posting.key)
        same = earlier.fingerprint if earlier else fresh.get(posting.key, posting).fingerprint
        if same != posting.fingerprint:
            message = Phrase("幂等键“%(key)s”已用于另一笔分录，不能再记不同内容。", key=posting.key)
            raise KeyReusedError(message, field="key")
        if earlier is None:
            _require_book(posting, books)
            fresh.setdefault(posting.key, posting)
    known |= _enter([*fresh.values()], books, by=by, at=at)
    return tuple(known[posting.key] for posting in postings)


@transaction.atomic
def reverse(entry_number: str, *, because: str, by: Actor, at: datetime) -> Entry:
    """Undo an entry by its opposite (冲正), today; the entry itself stays as it is.

    Raises:
        InvalidInputError: there is no such entry, or no reason.
        UnableToPostError: it is undone already, or is itself an undoing.
        OverdrawnError: what it gave has been spent.
        OwnBenefitError: it concerns the actor's own account.
    """
    because = clean_text(because, field="because", label="冲正原因", most=200, least=2)
    pass_gate()
    entry = Entry.objects.select_related("book", "article").filter(number=entry_number).first()
    if entry is None:
        raise InvalidInputError(Phrase("没有分录 %(number)s。", number=entry_number), field="entry")
    if entry.reverses_id is not None:
        words = Phrase("%(number)s 本身是冲正分录，如需恢复请重新记账。", number=entry.number)
        raise UnableToPostError(words)
    earlier = Entry.objects.filter(reverses=entry).first()
    if earlier is not None:
        told = {"number": entry.number, "other": earlier.number}
        raise UnableToPostError(Phrase("%(number)s 已由 %(other)s 冲正，不能重复冲正。", **told))
    lines = entry.lines.select_related("account__book", "account__article")
    undone = tuple(
        Line(_of_now(line.account), -line.amount, line.team_code, line.unit_code) for line in lines
    )
    if by.person_number and any(_is_of(line.account, by) for line in undone):
        raise OwnBenefitError("不能冲正涉及本人账户的分录，请由他人办理。")
    posting = Posting(
        book=entry.book.code,
        lines=undone,
        source=Source(entry.source_kind, entry.source_number),
        on=at.astimezone(SHANGHAI).date(),
        words=f"冲正 {entry.number}：{entry.words}"[:200],
        key=f"reverse/{entry.number}",
        rule=entry.rule_id,
        reverses=entry,
        because=because,
    )
    (counter,) = post_all(postings=[posting], by=by, at=at)
    audit.record(
        "ledger.entry.reverse",
        target=entry,
        by=by,
        at=at,
        after=counter.number,
        reason=because,
    )
    return counter


def _of_now(held: Account) -> Account:
    """Return the account that answers for another: what a merged person held was handed over."""
    code = living(held.holder_kind, held.holder_code)
    if code == held.holder_code:
        return held
    return account(held.book.code, held.holder_kind, code, article=held.article)


def pass_gate() -> dict[str, Book]:
    """Wait for all who post, and let others wait; rows that only point to a book do not.

    Whoever checks something before he posts, in the same transaction, comes here first.
    """
    held = Book.objects.select_for_update(no_key=True).order_by("pk")
    return {book.code: book for book in held}


def _cleaned(posting: Posting, *, by: Actor, at: datetime) -> Posting:
    """Refuse what cannot be entered whatever the balances are."""
    if not 1 <= len(posting.key) <= 120:
        raise InvalidInputError("幂等键应为 1 到 120 个字符。", field="key")
    if posting.on > at.astimezone(SHANGHAI).date():
        raise InvalidInputError(
            Phrase("记账日 %(on)s 不能晚于今天。", on=f"{posting.on}"), field="on"
        )
    if not 1 <= len(posting.source.kind) <= 24 or not 1 <= len(posting.source.number) <= 60:
        raise InvalidInputError("每笔分录都要写明来源记录的类别和编号。", field="source")
    if len(posting.lines) < 2 or any(line.amount == 0 for line in posting.lines):
        raise UnableToPostError("一笔分录至少有两行，每行数量不为零。")
    if any(abs(line.amount) > MOST for line in posting.lines):
        raise InvalidInputError("数量过大，请核对。", field="amount")
    total = sum(line.amount for line in posting.lines)
    if total != 0:
        raise UnableToPostError(Phrase("分录不平：各行合计 %(total)s，应为 0。", total=total))
    receives = any(line.amount > 0 and _is_of(line.account, by) for line in posting.lines)
    if by.person_number and receives and posting.reverses is None:
        raise OwnBenefitError("不能给本人记账，请由他人审核、记账。")
    words = clean_text(posting.words, field="words", label="摘要", most=200, least=1)
    return replace(posting, words=words)


def _is_of(account: Account, by: Actor) -> bool:
    return (account.holder_kind, account.holder_code) == ("person", by.person_number)


def _require_book(posting: Posting, books: Mapping[str, Book]) -> None:
    book = books.get(posting.book)
    if book is None:
        raise InvalidInputError(Phrase("没有账本“%(book)s”。", book=posting.book), field="book")
    if not book.is_active:
        raise UnableToPostError(Phrase("%(name)s已停用，不能再记账。", name=Phrase(book.name)))
    if any(line.account.book_id != book.pk for line in posting.lines):
        words = Phrase("%(name)s的分录不能有其他账本的账户。", name=Phrase(book.name))
        raise UnableToPostError(words)
    if len({line.account.article_id for line in posting.lines}) != 1:
        raise UnableToPostError("一笔分录只能是同一种物品。")


def _recall(postings: Sequence[Posting]) -> dict[str, Entry]:
    found: dict[str, Entry] = {}
    for chunk in chunks([posting.key for posting in postings]):
        found |= {entry.key: entry for entry in Entry.objects.filter(key__in=chunk)}
    return found


def _enter(
    fresh: Sequence[Posting], books: Mapping[str, Book], *, by: Actor, at: datetime
) -> dict[str, Entry]:
    """Store entries that are new, and what they change; the gate is held."""
    if not fresh:
        return {}
    _require_funds(fresh)
    numbers = next_numbers("FL", count=len(fresh), at=at)
    entries = [
        Entry(
            id=_key_of(number),
            number=number,
            book=books[posting.book],
            article_id=posting.lines[0].account.article_id,
            on=posting.on,
            words=posting.words,
            source_kind=posting.source.kind,
            source_number=posting.source.number,
            rule_id=posting.rule,
            reverses=posting.reverses,
            because=posting.because,
            key=posting.key,
            fingerprint=posting.fingerprint,
            posted_at=at,
            by_id=by.id,
            by_name=by.name,
            by_person=by.person_number,
        )
        for number, posting in zip(numbers, fresh, strict=True)
    ]
    lines = [
        models.Line(
            entry_id=entry.pk,
            account_id=line.account.pk,
            amount=line.amount,
            on=entry.on,
            team_code=line.team_code,
            unit_code=line.unit_code,
        )
        for entry, posting in zip(entries, fresh, strict=True)
        for line in posting.lines
    ]
    # Lines first: their keys to entries are checked at the commit, and an entry is checked
    # against its lines when it comes.
    models.Line.objects.bulk_create(lines, batch_size=BATCH)
    Entry.objects.bulk_create(entries, batch_size=BATCH)
    carry_over(lines, entries)
    return {entry.key: entry for entry in entries}


def _key_of(number: str) -> int:
    """Return the key of the entry of a number: its day, then its place in the day."""
    day, _, place = number.removeprefix("FL").partition("-")
    return int(day) * DAY + int(place)


def _require_funds(fresh: Sequence[Posting]) -> None:
    """Refuse to overdraw, with words; the database would refuse without."""
    touched = {line.account.pk for posting in fresh for line in posting.lines}
    amounts: dict[int, int] = {}
    for chunk in chunks(sorted(touched)):
        amounts |= dict(Account.objects.filter(pk__in=chunk).values_list("pk", "amount"))
    for posting in fresh:
        for line in posting.lines:
            before = amounts[line.account.pk]
            amounts[line.account.pk] = before + line.amount
        for line in posting.lines:
            left = amounts[line.account.pk]
            if left < 0 and line.account.holder_kind != Account.Holder.OUTSIDE:
                raise OverdrawnError(
                    overdrawn(line.account, has=left - line.amount, needs=-line.amount),
                    field="amount",
                )
