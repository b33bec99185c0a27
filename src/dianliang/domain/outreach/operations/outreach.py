"""An outreach from its draft to its end; what is sent stands in `sending`."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time
from typing import Any

from django.db import transaction
from django.db.models import Max

from dianliang.core import audit, transitions
from dianliang.core.numbers import next_number
from dianliang.domain.directory.models import Unit
from dianliang.domain.outreach.lifecycle import DELIVERED, OUTREACH
from dianliang.domain.outreach.models import (
    Channel,
    Delivery,
    Outreach,
    Recipient,
    Round,
    Wording,
)
from dianliang.domain.outreach.phones import hashed, token_of
from dianliang.kernel.actor import Actor
from dianliang.kernel.errors import DomainError, StaleStateError
from dianliang.kernel.phrases import Phrase


class UnableToReachError(DomainError):
    """The outreach cannot be drafted, released or led on like this."""

    code = "outreach.unable-to-reach"


@dataclass(frozen=True, slots=True, kw_only=True)
class Outline:
    """What an outreach is about, checked."""

    title: str
    purpose: str
    unit: Unit
    basis: str
    source: str
    query: Mapping[str, Any]
    quiet_from: time
    quiet_until: time
    about: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Addressee:
    """Somebody as a source names him. `phone_index` finds his telephone, empty where none fits."""

    key: str
    kind: str
    unit_id: int
    phone_index: str
    excluded: str = ""
    area_id: int | None = None
    customer_id: int | None = None
    name: str = ""
    phone: str = ""


@transaction.atomic
def draft(*, outline: Outline, by: Actor, at: datetime) -> Outreach:
    """Write an outreach down (编制触达).

    Raises:
        UnableToReachError: the quiet hours begin when they end.
    """
    if outline.quiet_from == outline.quiet_until:
        raise UnableToReachError("免打扰的起止时间不能相同。", field="quiet_until")
    made = Outreach.objects.create(
        number=next_number("CD", at=at),
        title=outline.title,
        purpose=outline.purpose,
        about=outline.about,
        unit=outline.unit,
        basis=outline.basis,
        source=outline.source,
        query=dict(outline.query),
        quiet_from=outline.quiet_from,
        quiet_until=outline.quiet_until,
        created_by_id=by.id,
        created_by=by.name,
        created_at=at,
    )
    audit.record(
        "outreach.outreach.draft",
        target=made,
        by=by,
        at=at,
        after=outline.title,
        reason=outline.about,
    )
    return made


@transaction.atomic
def word(*, outreach: Outreach, kind: str, text: str, by: Actor, at: datetime) -> Wording:
    """Write a new version of what is said over a way out (写文案); older ones stay as they are.

    Raises:
        UnableToReachError: the outreach is over.
    """
    lock(outreach)
    if outreach.status in {"CLOSED", "DROPPED"}:
        raise UnableToReachError("这次触达已经结束，不能再改文案。")
    last = outreach.wordings.filter(kind=kind).aggregate(last=Max("edition"))["last"] or 0
    made = Wording.objects.create(
        outreach=outreach, kind=kind, edition=last + 1, text=text, made_by=by.name, made_at=at
    )
    after = f"{made.get_kind_display()} 第 {made.edition} 版"
    audit.record("outreach.outreach.word", target=outreach, by=by, at=at, after=after)
    return made


@transaction.atomic
def prepare(*, outreach: Outreach, by: Actor, at: datetime) -> Outreach:
    """Begin to write the audience down; until it is whole nothing can be sent (生成名单).

    Raises:
        IllegalTransitionError, NotYourTurnError, StaleStateError: see the lifecycle.
    """
    return transitions.apply(outreach, "prepare", lifecycle=OUTREACH, by=by, at=at)


def lock(outreach: Outreach) -> None:
    """Lock an outreach until the transaction ends, and read anew where it stands."""
    rows = Outreach.objects.select_for_update(no_key=True)
    outreach.refresh_from_db(fields=["status", "jobs"], from_queryset=rows)


@transaction.atomic
def clear(*, outreach: Outreach) -> None:
    """Begin to bring a table: forget one before; who is still bringing that is told so.

    Raises:
        UnableToReachError: the outreach takes no table.
    """
    lock(outreach)
    if outreach.source != Outreach.Source.CONTACTS or outreach.status != "DRAFT":
        raise UnableToReachError("只有编制中、对象来自联系名单的触达可以上传名单。")
    outreach.jobs += 1
    outreach.save(update_fields=["jobs"])
    _forget(outreach)


def require_own(outreach: Outreach) -> None:
    """Lock an outreach whose table is being brought; `jobs` tells by whom.

    Raises:
        StaleStateError: another table was brought, or the audience is fixed.
    """
    mine = outreach.jobs
    lock(outreach)
    if outreach.status != "DRAFT" or outreach.jobs != mine:
        raise StaleStateError("另一份名单刚被上传，请刷新后核对。")


def add_chunk(*, outreach: Outreach, found: Sequence[Addressee]) -> int:
    """Write some of the audience; return how many were new. One at a time for an outreach.

    Who is there is left as he is, so that an interrupted list goes on where it was. Of several
    with one telephone the first leads. Everything is made ready before the write gate is taken.
    """
    keys = [one.key for one in found]
    known = set(_of(outreach).filter(key__in=keys).values_list("key", flat=True))
    fresh = [one for one in found if one.key not in known]
    serial = _of(outreach).aggregate(last=Max("serial"))["last"] or 0
    leads = _leads(outreach, {one.phone_index for one in fresh} - {""})
    rows: list[Recipient] = []
    followers: list[tuple[Recipient, Recipient]] = []
    for place, one in enumerate(fresh, start=serial + 1):
        row = _recipient(outreach, one, place)
        lead = leads.get(one.phone_index)
        if one.excluded:
            rows.append(row)
        elif lead is None:
            leads[one.phone_index] = row
            row.token_hash = hashed(token_of(outreach.number, place))
            rows.append(row)
        else:
            followers.append((row, lead))
    with transaction.atomic():
        Recipient.objects.bulk_create(rows)
        for row, lead in followers:
            row.lead_id = lead.pk
        Recipient.objects.bulk_create([row for row, _lead in followers])
    return len(fresh)


def _of(outreach: Outreach) -> Any:
    return Recipient.objects.filter(outreach=outreach)


def _leads(outreach: Outreach, indexes: Collection[str]) -> dict[str, Recipient]:
    rows = _of(outreach).filter(phone_index__in=list(indexes), lead=None, excluded="")
    return {row.phone_index: row for row in rows.defer("name", "phone")}


def _recipient(outreach: Outreach, one: Addressee, serial: int) -> Recipient:
    return Recipient(
        outreach=outreach,
        serial=serial,
        key=one.key,
        customer_id=one.customer_id,
        kind=one.kind,
        name=one.name,
        phone=one.phone,
        phone_index=one.phone_index,
        area_id=one.area_id,
        unit_id=one.unit_id,
        excluded=one.excluded,
    )


@transaction.atomic
def finish(*, outreach: Outreach, by: Actor, at: datetime) -> Outreach:
    """Fix the audience: from now on it is what counts are out of (名单已定).

    Raises:
        UnableToReachError: nobody is in it to whom anything can be sent.
        IllegalTransitionError, StaleStateError: see the lifecycle.
    """
    if not _of(outreach).filter(excluded="").exists():
        raise UnableToReachError("名单里没有可以触达的对象，请改条件或换名单。")
    count = _of(outreach).count()
    note = f"{count} 个对象"
    return transitions.apply(outreach, "finish", lifecycle=OUTREACH, by=by, at=at, note=note)


@transaction.atomic
def back(
    *, outreach: Outreach, verb: str, reason: str, by: Actor, at: datetime, trouble: str = ""
) -> Outreach:
    """Take an audience back before anything was sent (重新编制); it is written anew.

    Raises:
        IllegalTransitionError, NotYourTurnError, StaleStateError: see the lifecycle.
    """
    changes = {"trouble": trouble}
    moved = transitions.apply(
        outreach, verb, lifecycle=OUTREACH, by=by, at=at, note=reason, changes=changes
    )
    _forget(outreach)
    return moved


def _forget(outreach: Outreach) -> None:
    _of(outreach).filter(lead__isnull=False).delete()
    _of(outreach).delete()


@transaction.atomic
def release(
    *, outreach: Outreach, channel: Channel, wording: Wording, by: Actor, at: datetime
) -> Round:
    """Let an outreach go out (放行): somebody else than who drafted it.

    Raises:
        UnableToReachError: the actor drafted it, or the words are not for this channel.
        IllegalTransitionError, NotYourTurnError, StaleStateError: see the lifecycle.
    """
    if outreach.created_by_id == by.id:
        raise UnableToReachError("编制人不能放行自己编制的触达，请由另一人核对后放行。")
    _require_fit(channel, wording)
    changes = {"released_by": by.name, "trouble": ""}
    note = f"{channel} {wording}"
    transitions.apply(
        outreach, "release", lifecycle=OUTREACH, by=by, at=at, note=note, changes=changes
    )
    made = _round(outreach, 1, channel, wording, words="", by=by, at=at)
    _of(outreach).filter(excluded="", lead=None).update(due_round=1)
    return made


@transaction.atomic
def resend(
    *,
    outreach: Outreach,
    channel: Channel,
    wording: Wording,
    silent_before: datetime | None,
    words: str,
    by: Actor,
    at: datetime,
) -> Round:
    """Send anew to those who were not reached (补发): what failed, and what stayed without receipt.

    Without `silent_before` only what failed; else also what was handed over before that moment and
    was never heard of. Whoever was reached by any message gets none.

    Raises:
        UnableToReachError: it is not being sent, something is still to go, or nobody is left.
    """
    _require_fit(channel, wording)
    lock(outreach)
    if outreach.status not in {"SENDING", "PAUSED"}:
        raise UnableToReachError("只有发送中或暂停的触达可以补发。")
    last = outreach.rounds.order_by("-serial")[0]
    going = last.deliveries.filter(stage__lt=2, failure="")
    behind = (
        _of(outreach)
        .filter(due_round=last.serial)
        .exclude(pk__in=last.deliveries.values("recipient_id"))
    )
    if going.exists() or behind.exists():
        raise UnableToReachError("上一轮还没有全部移交，移交完再补发。")
    missed = _missed(outreach, silent_before)
    count = _of(outreach).filter(pk__in=missed).update(due_round=last.serial + 1)
    if not count:
        raise UnableToReachError("没有需要补发的对象。")
    made = _round(outreach, last.serial + 1, channel, wording, words=words, by=by, at=at)
    audit.record(
        "outreach.outreach.resend",
        target=outreach,
        by=by,
        at=at,
        after=f"第 {made.serial} 轮 {count} 条",
        reason=words,
    )
    return made


def _missed(outreach: Outreach, silent_before: datetime | None) -> list[int]:
    own = _of(outreach).filter(excluded="", lead=None, stage__lt=DELIVERED, due_round__gt=0)
    found = set(own.exclude(failure="").values_list("pk", flat=True))
    if silent_before is not None:
        heard = Delivery.objects.filter(
            round__outreach=outreach, batch__handed_at__gte=silent_before
        ).values("recipient_id")
        found |= set(own.filter(failure="").exclude(pk__in=heard).values_list("pk", flat=True))
    return sorted(found)


def _require_fit(channel: Channel, wording: Wording) -> None:
    if not channel.is_active:
        raise UnableToReachError("这个通道已停用，请另选。", field="channel")
    if wording.kind != channel.kind:
        message = Phrase(
            "还没有给“%(way)s”写文案，请先写文案。", way=Phrase(channel.get_kind_display())
        )
        raise UnableToReachError(message, field="channel")


def _round(
    outreach: Outreach,
    serial: int,
    channel: Channel,
    wording: Wording,
    *,
    words: str,
    by: Actor,
    at: datetime,
) -> Round:
    return Round.objects.create(
        outreach=outreach,
        serial=serial,
        channel=channel,
        wording=wording,
        words=words,
        started_by=by.name,
        started_at=at,
    )


@transaction.atomic
def move(
    *, outreach: Outreach, verb: str, reason: str, by: Actor, at: datetime, trouble: str = ""
) -> Outreach:
    """Pause, resume, close or drop an outreach, with a reason.

    Raises:
        IllegalTransitionError, NotYourTurnError, StaleStateError: see the lifecycle.
    """
    changes = {"trouble": trouble}
    return transitions.apply(
        outreach, verb, lifecycle=OUTREACH, by=by, at=at, note=reason, changes=changes
    )
