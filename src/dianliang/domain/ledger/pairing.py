"""Donor and child (爱心结对): proposed with the guardian's consent, approved by another, ended.

The donor knows the child by an alias. His link shows the alias, what was agreed, and what was
given and received; it leads nowhere else.
"""

import hashlib
from dataclasses import dataclass
from datetime import date, datetime

from django.db import IntegrityError, transaction

from dianliang.core import audit, transitions
from dianliang.core.numbers import next_number
from dianliang.domain.customers.access import MINORS
from dianliang.domain.customers.models import Customer
from dianliang.domain.directory.models import Unit
from dianliang.domain.ledger.lifecycle import PAIRING
from dianliang.domain.ledger.models import Pairing
from dianliang.domain.ledger.operations import OwnBenefitError
from dianliang.domain.venues.models import Site
from dianliang.kernel.actor import Actor
from dianliang.kernel.calendar import SHANGHAI
from dianliang.kernel.errors import DomainError, InvalidInputError, NotVisibleError
from dianliang.kernel.phrases import Phrase
from dianliang.kernel.text import clean_text


class UnableToPairError(DomainError):
    """This donor and child cannot be paired like this."""

    code = "ledger.unable-to-pair"


@dataclass(frozen=True, slots=True, kw_only=True)
class Donor:
    """Who stands by a child."""

    kind: str
    name: str
    phone: str = ""
    index: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreement:
    """What was agreed, for how long, and since when the guardian consents."""

    words: str
    since: date
    until: date | None
    guardian_agreed_on: date | None


@transaction.atomic
def propose(
    *,
    child: Customer,
    alias: str,
    donor: Donor,
    agreement: Agreement,
    home: Site | None,
    unit: Unit,
    by: Actor,
    at: datetime,
    is_generated: bool = False,
) -> Pairing:
    """Propose that a donor stands by a child (提出结对).

    Raises:
        InvalidInputError: alias, donor, period or words cannot be.
        UnableToPairError: it is no child in care, the guardian has not consented, the alias has
            two letters in a row of the child's name, or is taken, or the child has a donor.
    """
    if child.special_kind not in MINORS:
        raise UnableToPairError("只能为登记的留守儿童结对。", field="child")
    agreed_on = agreement.guardian_agreed_on
    if agreed_on is None or agreed_on > at.astimezone(SHANGHAI).date():
        message = "监护人书面同意后才能结对，请填写同意日期。"
        raise UnableToPairError(message, field="guardian_agreed_on")
    if agreement.until is not None and agreement.until <= agreement.since:
        raise InvalidInputError("结对的止日应晚于起日。", field="until")
    alias = clean_text(alias, field="alias", label="化名", most=24, least=2)
    if child.name in alias or any(pair in alias for pair in _pairs(child.name)):
        raise UnableToPairError("化名不能含有孩子的姓名。", field="alias")
    if donor.kind not in ("person", "unit"):
        raise InvalidInputError("请选择爱心家长类别。", field="donor_kind")
    _require_free(child, alias)
    pairing = Pairing(
        number=next_number("AX", at=at),
        alias=alias,
        child=child,
        home=home,
        unit=unit,
        donor_kind=donor.kind,
        donor_name=clean_text(donor.name, field="donor_name", label="爱心家长", most=60, least=2),
        donor_phone=clean_text(donor.phone, field="donor_phone", label="电话", most=24),
        donor_index=donor.index,
        agreed=clean_text(agreement.words, field="agreed", label="约定", most=500, least=4),
        since=agreement.since,
        until=agreement.until,
        guardian_agreed_on=agreed_on,
        proposed_by=by.id,
        proposed_name=by.name,
        proposed_at=at,
        is_generated=is_generated,
    )
    try:
        with transaction.atomic():
            pairing.save()
    except IntegrityError as error:  # of two with one alias at once the database takes the first
        raise _alias_taken(alias) from error
    audit.record("ledger.pairing.propose", target=pairing, by=by, at=at, after=alias)
    return pairing


def _pairs(name: str) -> list[str]:
    pairs = (name[place : place + 2] for place in range(len(name) - 1))
    return [pair for pair in pairs if pair.isalpha()]


def _alias_taken(alias: str) -> UnableToPairError:
    words = Phrase("化名“%(alias)s”已用过，请另起一个。", alias=alias)
    return UnableToPairError(words, field="alias")


def _require_free(child: Customer, alias: str) -> None:
    Customer.objects.select_for_update(of=("self",)).get(pk=child.pk)
    if Pairing.objects.filter(child=child, status__in=["PROPOSED", "ACTIVE"]).exists():
        raise UnableToPairError("这个孩子已有爱心家长。", field="child")
    if Pairing.objects.filter(alias=alias).exists():
        raise _alias_taken(alias)


@transaction.atomic
def decide(*, pairing: Pairing, verb: str, by: Actor, at: datetime) -> Pairing:
    """Approve a pairing or not; another person than who proposed it does (批准).

    Raises:
        OwnBenefitError: it is the actor's own proposal.
        IllegalTransitionError, StaleStateError: see the lifecycle.
    """
    if pairing.proposed_by == by.id:
        raise OwnBenefitError("提出人不能批准自己提出的结对，请由另一人批准。")
    changes = {"decided_by": by.id, "decided_name": by.name, "decided_at": at}
    return transitions.apply(pairing, verb, lifecycle=PAIRING, by=by, at=at, changes=changes)


@transaction.atomic
def end(*, pairing: Pairing, because: str, on: date, by: Actor, at: datetime) -> Pairing:
    """End a pairing; the donor's link stops working (结束结对).

    Raises:
        InvalidInputError: there is no reason, or the day is before it began.
        IllegalTransitionError, StaleStateError: see the lifecycle.
    """
    because = clean_text(because, field="because", label="结束原因", most=200, least=2)
    if on <= pairing.since:
        raise InvalidInputError("结束日期应晚于结对日期。", field="on")
    changes = {"until": on, "ended_because": because, "token_hash": ""}
    return transitions.apply(
        pairing, "end", lifecycle=PAIRING, by=by, at=at, note=because, changes=changes
    )


@transaction.atomic
def link(*, pairing: Pairing, token: str, by: Actor, at: datetime) -> Pairing:
    """Give the donor a link of his own; one that he had stops working.

    Raises:
        UnableToPairError: the pairing is not active.
        InvalidInputError: the secret is too short to be one.
    """
    if pairing.status != "ACTIVE":
        raise UnableToPairError("批准结对后才能发放链接。")
    if len(token) < 32:
        raise InvalidInputError("链接无效。", field="token")
    pairing.token_hash = hashed(token)
    pairing.save(update_fields=["token_hash"])
    audit.record("ledger.pairing.link", target=pairing, by=by, at=at)
    return pairing


def of_token(token: str) -> Pairing:
    """Return the pairing of a donor's link.

    Raises:
        NotVisibleError: there is none, or it has ended.
    """
    found = Pairing.objects.filter(token_hash=hashed(token), status="ACTIVE").first()
    if found is None:
        raise NotVisibleError("没有找到这份结对，请核对链接。")
    return found


def hashed(token: str) -> str:
    """Return what is stored of a link's secret."""
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()
