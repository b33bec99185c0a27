"""Donations as pages show them: drives with their figures, gifts and grants line by line."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Count, QuerySet, Sum

from dianliang.domain.ledger import queries
from dianliang.domain.ledger.lifecycle import DRIVE_LABELS, GRANT, GRANT_LABELS
from dianliang.domain.ledger.models import Article, Book, Drive, Gift, Grant
from dianliang.domain.ledger.wording import said
from dianliang.kernel.actor import Actor
from dianliang.kernel.errors import NotVisibleError

PUBLIC = ("OPEN", "CLOSED")
MOST_LINES = 300


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """What one purpose received, gave and has of one thing; it received what it gave and has."""

    name: str
    received: str
    handed_out: str
    set_aside: str
    left: str
    gifts: int
    givers: int
    people: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DriveRow:
    """A purpose with its figures, thing by thing."""

    number: str
    title: str
    purpose: str
    unit: str
    status: str
    status_label: str
    opens_on: date
    closes_on: date | None
    is_for_pairings: bool
    is_generated: bool
    figures: tuple[Figures, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class GiftRow:
    """A gift as it is published: the giver as he wished to be named."""

    number: str
    on: date
    shown_name: str
    what: str
    people: int
    note: str
    entry: str
    is_undone: bool
    alias: str
    has_name: bool
    receipt: str


@dataclass(frozen=True, slots=True, kw_only=True)
class GrantRow:
    """What a purpose gave, or is to give."""

    number: str
    asked_at: datetime
    handed_on: date | None
    shown_name: str
    what: str
    people: int
    words: str
    status: str
    status_label: str
    asked_name: str
    decided_name: str
    handed_name: str
    because: str
    verbs: tuple[tuple[str, str], ...]
    set_aside: str
    handed_out: str
    alias: str
    proof: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DrivePage:
    """One purpose with what it received and gave, latest first."""

    row: DriveRow
    gifts: tuple[GiftRow, ...]
    grants: tuple[GrantRow, ...]
    verbs: tuple[tuple[str, str], ...]
    more_gifts: int
    more_grants: int


def drives(*, by: Actor) -> tuple[DriveRow, ...]:
    """Return the drives of an actor's units, latest first."""
    return drive_rows(Drive.objects.filter(unit__path__startswith=by.unit_path or "-"))


def public_drives() -> tuple[DriveRow, ...]:
    """Return what everybody may read: drives that have begun."""
    return drive_rows(Drive.objects.filter(status__in=PUBLIC))


def drive_rows(found: QuerySet[Drive]) -> tuple[DriveRow, ...]:
    """Return drives with their figures, in as many queries for one as for all."""
    listed = list(found.select_related("unit"))
    figures = _figures(listed)
    return tuple(
        DriveRow(
            number=one.number,
            title=one.title,
            purpose=one.purpose,
            unit=one.unit.name,
            status=one.status,
            status_label=DRIVE_LABELS[one.status],
            opens_on=one.opens_on,
            closes_on=one.closes_on,
            is_for_pairings=one.is_for_pairings,
            is_generated=one.is_generated,
            figures=figures.get(one.pk, ()),
        )
        for one in listed
    )


def _figures(listed: Iterable[Drive]) -> dict[int, tuple[Figures, ...]]:
    drives = {one.pk: one for one in listed}
    gifts = _sums(
        Gift.objects.filter(drive__in=drives, entry__reversed_by=None), Sum("people"), Count("pk")
    )
    handed = _sums(
        Grant.objects.filter(drive__in=drives, status="HANDED_OUT"), Sum("people"), Count("pk")
    )
    aside = _sums(
        Grant.objects.filter(drive__in=drives, status="APPROVED"), Sum("people"), Count("pk")
    )
    left = queries.funds([one.number for one in drives.values()])
    books = Book.objects.in_bulk()
    articles = Article.objects.in_bulk()
    found: dict[int, list[Figures]] = {}
    for key in sorted(gifts, key=lambda key: (key[0], books[key[1]].position, key[2] or 0)):
        drive, book, article = key
        quantity, goods = books[book].quantity, articles.get(article or 0)
        received, givers, count = gifts[key]
        nothing = (0, 0, 0)
        has = left.get((drives[drive].number, book, article), 0)
        found.setdefault(drive, []).append(
            Figures(
                name=goods.name if goods else books[book].name,
                received=said(received, quantity, article=goods),
                handed_out=said(handed.get(key, nothing)[0], quantity, article=goods),
                set_aside=said(aside.get(key, nothing)[0], quantity, article=goods),
                left=said(has, quantity, article=goods),
                gifts=count,
                givers=givers,
                people=handed.get(key, nothing)[1],
            )
        )
    return {drive: tuple(rows) for drive, rows in found.items()}


def _sums(
    rows: QuerySet[Gift] | QuerySet[Grant], people: Sum, count: Count
) -> Mapping[tuple[int, int, int | None], tuple[int, int, int]]:
    sums = rows.order_by().values_list("drive", "book", "article")
    told = sums.annotate(sum=Sum("amount"), who=people, n=count)
    return {(d, b, a): (total, who, n) for d, b, a, total, who, n in told}


def public_drive(*, number: str) -> DrivePage:
    """Return what everybody may read of a drive: what came, what was handed out, what is left.

    Raises:
        NotVisibleError: there is none that has begun.
    """
    one = Drive.objects.filter(number=number, status__in=PUBLIC).first()
    if one is None:
        raise NotVisibleError("没有找到这个募捐项目。")
    return page_of(one, by=None, verbs=())


def page_of(
    one: Drive,
    *,
    by: Actor | None,
    verbs: tuple[tuple[str, str], ...],
    is_whole: bool = False,
) -> DrivePage:
    """Return a drive with its latest lines, or all; without an actor only what all may read."""
    (row,) = drive_rows(Drive.objects.filter(pk=one.pk))
    gifts = one.gifts.order_by("-on", "-pk")
    grants = one.grants.order_by("-pk")
    if by is None:
        gifts = gifts.filter(entry__reversed_by=None)
        grants = grants.filter(status="HANDED_OUT")
    most = None if is_whole else MOST_LINES
    came, went = gift_rows(gifts[:most]), grant_rows(grants[:most], by=by)
    return DrivePage(
        row=row,
        gifts=came,
        grants=went,
        verbs=verbs,
        more_gifts=gifts.count() - len(came),
        more_grants=grants.count() - len(went),
    )


def gift_rows(gifts: QuerySet[Gift]) -> tuple[GiftRow, ...]:
    """Return gifts as they are published; names are not decrypted for it."""
    joined = gifts.defer("giver_name", "giver_phone").select_related(
        "book", "article", "pairing", "entry__reversed_by", "receipt"
    )
    return tuple(
        GiftRow(
            number=one.number,
            on=one.on,
            shown_name=one.shown_name,
            what=said(one.amount, one.book.quantity, article=one.article)
            + (f" {one.article.name}" if one.article else ""),
            people=one.people,
            note=one.note,
            entry=one.entry.number,
            is_undone=hasattr(one.entry, "reversed_by"),
            alias=one.pairing.alias if one.pairing else "",
            has_name=one.giver_kind != Gift.Giver.ANONYMOUS,
            receipt=one.receipt.token if one.receipt else "",
        )
        for one in joined
    )


def grant_rows(grants: QuerySet[Grant], *, by: Actor | None) -> tuple[GrantRow, ...]:
    """Return grants as they are published, with what the actor may do."""
    joined = grants.defer("beneficiary").select_related(
        "book", "article", "pairing", "set_aside", "handed_out", "proof"
    )
    return tuple(_grant_row(one, by) for one in joined)


def _grant_row(one: Grant, by: Actor | None) -> GrantRow:
    verbs = GRANT.verbs(one.status, role=by.role) if by else ()
    return GrantRow(
        number=one.number,
        asked_at=one.asked_at,
        handed_on=one.handed_on,
        shown_name=one.shown_name,
        what=said(one.amount, one.book.quantity, article=one.article)
        + (f" {one.article.name}" if one.article else ""),
        people=one.people,
        words=one.words,
        status=one.status,
        status_label=GRANT_LABELS[one.status],
        asked_name=one.asked_name,
        decided_name=one.decided_name,
        handed_name=one.handed_name,
        because=one.because,
        verbs=tuple(
            (verb.verb, verb.label)
            for verb in verbs
            if by and not (verb.verb in ("approve", "refuse") and one.asked_by == by.id)
        ),
        set_aside=one.set_aside.number if one.set_aside else "",
        handed_out=one.handed_out.number if one.handed_out else "",
        alias=one.pairing.alias if one.pairing else "",
        proof=one.proof.token if one.proof else "",
    )
