"""What shows that a base has what it must have: given by one person, checked by another."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache, partial
from typing import NamedTuple

from django.db import transaction
from django.db.models import QuerySet, TextField
from django.db.models.functions import Cast

from dianliang.core import audit, transitions
from dianliang.core.models import StoredFile
from dianliang.core.numbers import next_number
from dianliang.domain.venues.lifecycle import PROOF
from dianliang.domain.venues.models import BaseProof, Site
from dianliang.domain.venues.queries import sites_of
from dianliang.domain.venues.sites import held_open
from dianliang.domain.venues.standards import PROVED, Item
from dianliang.kernel.actor import Actor
from dianliang.kernel.calendar import SHANGHAI
from dianliang.kernel.errors import DomainError, InvalidInputError, NotVisibleError
from dianliang.kernel.phrases import Phrase

LATE_DAYS = 366
KINDS = tuple((str(value), str(label)) for value, label in BaseProof.Kind.choices)


class UnableToProveError(DomainError):
    """This proof cannot be given, or not be checked by this person."""

    code = "venues.unable-to-prove"


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """What is shown: a file, a note, or the number of a record; and for how long it is good."""

    file: StoredFile | None = None
    record: str = ""
    words: str = ""
    from_on: date
    expires_on: date


@transaction.atomic
def give(*, site: Site, item: Item, shown: Shown, by: Actor, at: datetime) -> BaseProof:
    """Show that a base has an item; it counts when somebody else has checked it.

    Raises:
        UnableToProveError: the item is counted from records.
        InvalidInputError: nothing is shown, or the days make no sense.
        UnableToChangeSiteError: the base is closed.
    """
    site = held_open(site)
    if item.way != PROVED:
        message = Phrase("“%(item)s”由系统从记录统计，不用提交佐证。", item=Phrase(item.name))
        raise UnableToProveError(message, field="item")
    _check_days(shown, item, today=at.astimezone(SHANGHAI).date())
    kind = _kind(shown)
    proof = BaseProof.objects.create(
        number=next_number("ZM", at=at),
        site=site,
        item=item.key,
        kind=kind,
        file=shown.file,
        record=shown.record,
        words=shown.words,
        from_on=shown.from_on,
        expires_on=shown.expires_on,
        given_at=at,
        given_by=by.id,
        given_by_name=by.name,
    )
    words = f"{site.code} {item.name} 至 {shown.expires_on}"
    audit.record("venues.baseproof.give", target=proof, by=by, at=at, after="GIVEN", reason=words)
    return proof


def _kind(shown: Shown) -> str:
    if shown.file is not None and not shown.record:
        return BaseProof.Kind.FILE
    if shown.record and shown.file is None:
        return BaseProof.Kind.RECORD
    if shown.words and shown.file is None:
        return BaseProof.Kind.NOTE
    if shown.file is not None:
        raise InvalidInputError("文件和记录编号请分两次提交。", field="record")
    raise InvalidInputError("请上传文件、填写记录编号，或写明说明。", field="words")


def _check_days(shown: Shown, item: Item, *, today: date) -> None:
    if shown.from_on > today:
        raise InvalidInputError("起始日期不能晚于今天。", field="from_on")
    if (today - shown.from_on).days > LATE_DAYS:
        raise InvalidInputError(
            Phrase("起始日期 %(from_on)s 已超过一年，请核对。", from_on=shown.from_on),
            field="from_on",
        )
    if shown.expires_on <= max(shown.from_on, today):
        raise InvalidInputError("失效日期应晚于今天和起始日期。", field="expires_on")
    latest = shown.from_on + timedelta(days=item.valid_days)
    if shown.expires_on > latest:
        words = Phrase(
            "“%(item)s”的佐证最长有效 %(valid_days)s 天，失效日期最晚填 %(latest)s。",
            item=item.name,
            valid_days=item.valid_days,
            latest=latest,
        )
        raise InvalidInputError(words, field="expires_on")


@transaction.atomic
def check(
    *, proof: BaseProof, share_percent: int, verdict: str, by: Actor, at: datetime
) -> BaseProof:
    """Accept a proof with a share of the full mark; never one's own.

    Raises:
        UnableToProveError: the actor gave it himself.
        InvalidInputError: the share is not between 1 and 100, or a part of it without a reason.
        IllegalTransitionError, NotYourTurnError, StaleStateError: see the lifecycle.
    """
    if proof.given_by == by.id:
        words = "不能核验自己提交的佐证，请由另一位同事核验。"
        raise UnableToProveError(words, field="share")
    if not 1 <= share_percent <= 100:
        raise InvalidInputError("得分率应为 1 到 100。", field="share")
    if share_percent < 100 and not verdict:
        raise InvalidInputError("没有给满分时，请写明扣分原因。", field="verdict")
    changes = {
        "share_percent": share_percent,
        "checked_at": at,
        "checked_by_name": by.name,
        "verdict": verdict,
    }
    note = f"{share_percent}% {verdict}".strip()
    return transitions.apply(
        proof, "accept", lifecycle=PROOF, by=by, at=at, note=note, changes=changes
    )


@transaction.atomic
def refuse(*, proof: BaseProof, verdict: str, by: Actor, at: datetime) -> BaseProof:
    """Send a proof back with a reason.

    Raises:
        InvalidInputError: there is no reason.
        IllegalTransitionError, NotYourTurnError, StaleStateError: see the lifecycle.
    """
    if not verdict:
        raise InvalidInputError("请写明退回原因。", field="verdict")
    changes = {
        "share_percent": 0,
        "checked_at": at,
        "checked_by_name": by.name,
        "verdict": verdict,
    }
    return transitions.apply(
        proof, "refuse", lifecycle=PROOF, by=by, at=at, note=verdict, changes=changes
    )


@transaction.atomic
def withdraw(*, proof: BaseProof, verdict: str, by: Actor, at: datetime) -> BaseProof:
    """Take a proof away, with a reason; it stays on record.

    Raises:
        InvalidInputError: there is no reason.
        IllegalTransitionError, NotYourTurnError, StaleStateError: see the lifecycle.
    """
    if not verdict:
        raise InvalidInputError("请写明撤下原因。", field="verdict")
    return transitions.apply(
        proof,
        "withdraw",
        lifecycle=PROOF,
        by=by,
        at=at,
        note=verdict,
        changes={"share_percent": 0, "verdict": verdict},
    )


def proof_to_check(number: str, *, by: Actor) -> BaseProof:
    """Return a proof of a base in the actor's sight.

    Raises:
        NotVisibleError: absent, or another unit's.
    """
    rows = BaseProof.objects.filter(site__in=sites_of(by)).select_related("site", "file")
    proof = rows.filter(number=number).first()
    if proof is None:
        raise NotVisibleError("没有找到这份佐证。")
    return proof


def proofs_of(site: Site) -> QuerySet[BaseProof]:
    """Return what a base has shown, newest first."""
    return BaseProof.objects.filter(site=site).select_related("file")


class Standing(NamedTuple):
    """What the proofs of an item amount to on a day."""

    share_percent: int
    expires_on: date | None
    has_expired: bool
    is_waiting: bool
    is_refused: bool


def standings(sites: Collection[int] | None, *, on: date) -> Mapping[str, Mapping[int, Standing]]:
    """Return what the proofs of each item amount to on a day, by base. One query.

    Of several that count the best one does, and of equals the one that lasts longest; the order in
    which they were given plays no part.
    """
    rows = BaseProof.objects.exclude(status="WITHDRAWN").filter(from_on__lte=on).order_by()
    if sites is not None:
        rows = rows.filter(site__in=sites)
    found: defaultdict[str, dict[int, Standing]] = defaultdict(dict)
    told = rows.annotate(ends=Cast("expires_on", TextField()))  # fewer days than proofs: read once
    first, more = cache(partial(_with, on, _NOTHING)), partial(_with, on)
    for item, site, *proof in told.values_list("item", "site", "status", "share_percent", "ends"):
        of_item = found[item]
        best = of_item.get(site)
        of_item[site] = more(best, *proof) if best else first(*proof)
    return found


def _with(on: date, best: Standing, status: str, share: int, ends: str) -> Standing:
    """Return what proofs amount to with one more."""
    if status == "GIVEN":
        return best._replace(is_waiting=True)
    if status == "REFUSED":
        return best._replace(is_refused=True)
    expires = date.fromisoformat(ends)
    if expires > on:
        is_better = (share, expires) > (best.share_percent, best.expires_on or date.min)
        return best._replace(share_percent=share, expires_on=expires) if is_better else best
    if best.share_percent:
        return best._replace(has_expired=True)
    return best._replace(expires_on=max(best.expires_on or expires, expires), has_expired=True)


_NOTHING = Standing(0, None, False, False, False)
