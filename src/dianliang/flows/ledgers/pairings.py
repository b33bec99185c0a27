"""Donors and children as the desk keeps them, and what a donor reads of his pairing.

The desk chooses a child by number and village; the name stays in the locked file, which takes a
second person to open. A donor reads an alias, what was agreed, and what was given and received.
"""

from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Count, Q

from dianliang.core import audit
from dianliang.domain.customers.access import MINORS
from dianliang.domain.customers.models import Customer
from dianliang.domain.directory.models import Unit
from dianliang.domain.intake.tokens import phone_key
from dianliang.domain.ledger import pairing as operations
from dianliang.domain.ledger.lifecycle import PAIRING, PAIRING_LABELS
from dianliang.domain.ledger.models import Gift, Grant, Pairing
from dianliang.domain.venues.models import Site
from dianliang.flows.ledgers.donation_rows import GiftRow, GrantRow, gift_rows, grant_rows
from dianliang.kernel.actor import Actor
from dianliang.kernel.errors import InvalidInputError, NotVisibleError
from dianliang.kernel.text import clean_text


@dataclass(frozen=True, slots=True, kw_only=True)
class PairingRow:
    """A pairing in the list of the desk; nothing in it tells who the child is."""

    number: str
    alias: str
    child_number: str
    home: str
    donor_kind: str
    agreed: str
    since: date
    until: date | None
    guardian_agreed_on: date
    status: str
    status_label: str
    proposed_name: str
    decided_name: str
    ended_because: str
    has_link: bool
    gifts: int
    verbs: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PairingPage:
    """The pairings of an actor's units with their figures, and what can be chosen."""

    rows: tuple[PairingRow, ...]
    homes: int
    children: int
    donors: int
    children_to_choose: tuple[tuple[str, str], ...]
    homes_to_choose: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposed:
    """What a form of a pairing says."""

    child: str
    alias: str
    home: str
    donor_kind: str
    donor_name: str
    donor_phone: str
    agreed: str
    since: date
    until: date | None
    guardian_agreed_on: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class DonorPage:
    """All that a donor reads of the child by whom he stands."""

    number: str
    alias: str
    agreed: str
    since: date
    until: date | None
    unit: str
    gifts: tuple[GiftRow, ...]
    grants: tuple[GrantRow, ...]


def page(*, by: Actor) -> PairingPage:
    """Return the pairings of an actor's units; the figures count those that stand."""
    own = Pairing.objects.filter(unit__path__startswith=by.unit_path or "-")
    standing = own.filter(status="ACTIVE")
    rows = (
        own.defer("donor_name", "donor_phone")
        .select_related("home", "child")
        .annotate(count=Count("gifts"))
        .order_by("-number")
    )
    return PairingPage(
        rows=tuple(_row(one, by) for one in rows),
        homes=standing.exclude(home=None).values("home").distinct().count(),
        children=standing.values("child").distinct().count(),
        donors=len({row.donor_name for row in standing.only("donor_name")}),
        children_to_choose=_children(by),
        homes_to_choose=tuple(Site.objects.filter(_of_unit(by)).values_list("code", "name")),
    )


def _of_unit(by: Actor) -> Q:
    return Q(unit__path__startswith=by.unit_path or "-")


def _children(by: Actor) -> tuple[tuple[str, str], ...]:
    """Return the children without a donor by number and village: no name leaves the file."""
    taken = Pairing.objects.filter(status__in=["PROPOSED", "ACTIVE"]).values("child_id")
    free = Customer.objects.filter(_of_unit(by), special_kind__in=MINORS).exclude(pk__in=taken)
    rows = free.order_by("area__path", "number").values_list("number", "area__name")
    return tuple((number, f"{area} {number}") for number, area in rows)


def _row(one: Pairing, by: Actor) -> PairingRow:
    verbs = PAIRING.verbs(one.status, role=by.role)
    return PairingRow(
        number=one.number,
        alias=one.alias,
        child_number=one.child.number if one.child else "",
        home=one.home.name if one.home else "",
        donor_kind=one.get_donor_kind_display(),
        agreed=one.agreed,
        since=one.since,
        until=one.until,
        guardian_agreed_on=one.guardian_agreed_on,
        status=one.status,
        status_label=PAIRING_LABELS[one.status],
        proposed_name=one.proposed_name,
        decided_name=one.decided_name,
        ended_because=one.ended_because,
        has_link=bool(one.token_hash),
        gifts=one.count,  # type: ignore[attr-defined]  # annotated
        verbs=tuple(
            (verb.verb, verb.label)
            for verb in verbs
            if not (one.status == "PROPOSED" and one.proposed_by == by.id)
        ),
    )


def propose(*, proposed: Proposed, by: Actor, at: datetime) -> Pairing:
    """Propose a donor for a child of the actor's units; see the operation.

    Raises:
        InvalidInputError: no such child or home of the actor's units.
    """
    child = Customer.objects.filter(_of_unit(by), number=proposed.child).first()
    if child is None or child.unit is None:
        raise InvalidInputError("请选择本单位登记的留守儿童。", field="child")
    home = Site.objects.filter(_of_unit(by), code=proposed.home).first() if proposed.home else None
    if proposed.home and home is None:
        raise InvalidInputError("没有这个爱心之家。", field="home")
    unit: Unit = child.unit
    return operations.propose(
        child=child,
        alias=proposed.alias,
        donor=operations.Donor(
            kind=proposed.donor_kind,
            name=proposed.donor_name,
            phone=proposed.donor_phone,
            index=phone_key(proposed.donor_phone),
        ),
        agreement=operations.Agreement(
            words=proposed.agreed,
            since=proposed.since,
            until=proposed.until,
            guardian_agreed_on=proposed.guardian_agreed_on,
        ),
        home=home,
        unit=unit,
        by=by,
        at=at,
    )


def pairing_of(number: str, *, by: Actor) -> Pairing:
    """Return a pairing of an actor's units.

    Raises:
        NotVisibleError: there is none.
    """
    found = Pairing.objects.filter(_of_unit(by), number=number).first()
    if found is None:
        raise NotVisibleError("没有找到这份结对。")
    return found


def act(*, number: str, verb: str, because: str, on: date, by: Actor, at: datetime) -> Pairing:
    """Decide about a pairing of the actor's units, or end it; see the operations.

    Raises:
        NotVisibleError: there is no such pairing or verb.
    """
    found = pairing_of(number, by=by)
    if verb in ("approve", "refuse"):
        return operations.decide(pairing=found, verb=verb, by=by, at=at)
    if verb == "end":
        return operations.end(pairing=found, because=because, on=on, by=by, at=at)
    raise NotVisibleError("没有这个操作。")


def link(*, number: str, token: str, by: Actor, at: datetime) -> Pairing:
    """Give the donor of a pairing of the actor's units a link; see the operation."""
    return operations.link(pairing=pairing_of(number, by=by), token=token, by=by, at=at)


def reveal(*, number: str, reason: str, by: Actor, at: datetime) -> str:
    """Return who the donor is, in clear, for a reason that is on record.

    Raises:
        InvalidInputError: there is no reason.
        NotVisibleError: there is no such pairing.
    """
    reason = clean_text(reason, field="reason", label="事由", most=200, least=2)
    found = pairing_of(number, by=by)
    audit.record("ledger.pairing.reveal", target=found, by=by, at=at, reason=reason)
    return " ".join(part for part in (found.donor_name, found.donor_phone) if part)


def standing(*, by: Actor) -> tuple[tuple[str, str], ...]:
    """Return the pairings for which something can be given, by number and alias."""
    found = Pairing.objects.filter(_of_unit(by), status="ACTIVE")
    return tuple(found.values_list("number", "alias"))


def donor_page(*, token: str) -> DonorPage:
    """Return what a donor's link shows.

    Raises:
        NotVisibleError: there is no such link, or the pairing has ended.
    """
    found = operations.of_token(token)
    gifts = Gift.objects.filter(pairing=found, entry__reversed_by=None).order_by("-on", "-pk")
    grants = Grant.objects.filter(pairing=found, status="HANDED_OUT").order_by("-handed_on")
    return DonorPage(
        number=found.number,
        alias=found.alias,
        agreed=found.agreed,
        since=found.since,
        until=found.until,
        unit=found.unit.name,
        gifts=gift_rows(gifts),
        grants=grant_rows(grants, by=None),
    )
