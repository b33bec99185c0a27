"""Every write to a campaign: draft, freeze, correct, close."""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction

from dianliang.core import audit, transitions
from dianliang.core.numbers import next_number
from dianliang.domain.catalog.models import Service
from dianliang.domain.directory.models import Unit
from dianliang.domain.programs.lifecycle import CAMPAIGN, TARGET
from dianliang.domain.programs.models import Campaign, Correction, Target
from dianliang.kernel.actor import Actor
from dianliang.kernel.errors import DomainError, InvalidInputError
from dianliang.kernel.phrases import Phrase

CHUNK = 2000
REASON_MAX = 200


class UnableToFreezeError(DomainError):
    """There is nothing to freeze, or it is frozen."""

    code = "programs.unable-to-freeze"


class UnableToCorrectError(DomainError):
    """The list cannot be corrected like this."""

    code = "programs.unable-to-correct"


@dataclass(frozen=True, slots=True, kw_only=True)
class Outline:
    """What a campaign is about, checked."""

    title: str
    source: str
    query: dict[str, Any]
    rows: list[dict[str, Any]]
    action: str
    service: Service | None
    checklist: tuple[str, ...]
    proofs: tuple[str, ...]
    duration_min: int
    unit: Unit
    starts_on: date
    due_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Aim:
    """A target as a source names it. The keys of other rooms are database keys."""

    key: str
    title: str
    area_id: int
    unit_id: int
    due_on: date
    place: str = ""
    lat: float | None = None
    lon: float | None = None
    customer_id: int | None = None
    person_id: int | None = None
    site_id: int | None = None
    key_customer_id: int | None = None


@transaction.atomic
def draft(*, outline: Outline, by: Actor, at: datetime) -> Campaign:
    """Write a campaign down; its list is not counted yet.

    Raises:
        InvalidInputError: the period is no period, a target would take no time, or nothing would
            show that it was done. A volunteer's deed is on record itself.
    """
    if outline.due_on < outline.starts_on:
        raise InvalidInputError("完成期限不能早于开始日期。", field="due_on")
    if not 0 < outline.duration_min <= 24 * 60:
        raise InvalidInputError("每个预计时长应在 1 到 1440 分钟之间。", field="duration_min")
    if not outline.proofs and outline.source != Campaign.Source.PEOPLE:
        message = "请至少选择一种所需证据（文字说明也算一种），否则完成与否无从查证。"
        raise InvalidInputError(message, field="proofs")
    campaign = Campaign.objects.create(
        number=next_number("ZX", at=at),
        title=outline.title,
        source=outline.source,
        query=outline.query,
        rows=outline.rows,
        action=outline.action,
        service=outline.service,
        checklist=list(outline.checklist),
        proofs=list(outline.proofs),
        duration_min=outline.duration_min,
        unit=outline.unit,
        starts_on=outline.starts_on,
        due_on=outline.due_on,
        created_by=by.name,
        created_at=at,
    )
    audit.record("programs.campaign.draft", target=campaign, by=by, at=at, after=campaign.status)
    return campaign


def start_freezing(
    *, campaign: Campaign, by: Actor, at: datetime, background_job_id: int | None = None
) -> Campaign:
    """Begin to write the list; until it is frozen it is nobody's denominator.

    Raises:
        UnableToFreezeError: it asks for no evidence at all.
        IllegalTransitionError: it is no draft.
        StaleStateError: someone else froze or discarded it first.
    """
    if not campaign.proofs and campaign.source != Campaign.Source.PEOPLE:
        raise UnableToFreezeError("没有选所需证据，不能冻结。请作废后重新编制，并至少选一种证据。")
    changes = {"background_job_id": background_job_id}
    return transitions.apply(
        campaign, "start_freezing", lifecycle=CAMPAIGN, by=by, at=at, changes=changes
    )


@transaction.atomic
def add_chunk(*, campaign: Campaign, aims: Sequence[Aim], after: int) -> int:
    """Write some targets of a campaign that is being frozen; return the last number given.

    A key that is there is left as it is, so that an interrupted freeze goes on where it was.
    """
    known = set(
        Target.objects.filter(campaign=campaign, key__in=[a.key for a in aims]).values_list(
            "key", flat=True
        )
    )
    fresh = [aim for aim in aims if aim.key not in known]
    Target.objects.bulk_create(
        [_target(campaign, aim, after + place) for place, aim in enumerate(fresh, start=1)],
        batch_size=500,
    )
    return after + len(fresh)


def last_serial(campaign: Campaign) -> int:
    """Return the last number given on a list, 0 before the first.

    By age, not by the number's text: the 100,000th is written before the 99,999th.
    """
    numbers = Target.objects.filter(campaign=campaign).order_by("-pk")
    last = numbers.values_list("number", flat=True).first() or ""
    return int(last.rpartition("-")[2] or 0)


def _target(campaign: Campaign, aim: Aim, number: int, *, is_added: bool = False) -> Target:
    return Target(
        number=f"{campaign.number}-{number:05d}",
        campaign=campaign,
        key=aim.key,
        title=aim.title[:80],
        place=aim.place[:120],
        area_id=aim.area_id,
        unit_id=aim.unit_id,
        lat=aim.lat,
        lon=aim.lon,
        due_on=aim.due_on,
        customer_id=aim.customer_id,
        person_id=aim.person_id,
        site_id=aim.site_id,
        key_customer_id=aim.key_customer_id,
        is_added=is_added,
    )


@transaction.atomic
def freeze(*, campaign: Campaign, by: Actor, at: datetime) -> Campaign:
    """Count the list and date it: from here on it changes only by corrections with a reason.

    Raises:
        UnableToFreezeError: the list is empty.
        IllegalTransitionError, StaleStateError: it is not being frozen.
    """
    keys = list(
        Target.objects.filter(campaign=campaign).order_by("key").values_list("key", flat=True)
    )
    if not keys:
        raise UnableToFreezeError("没有符合条件的目标，请改条件或换一份名单。")
    changes = {
        "frozen_at": at,
        "frozen_count": len(keys),
        "frozen_digest": digest(keys),
        "rows": [],
    }
    note = f"目标 {len(keys)} 个"
    return transitions.apply(
        campaign, "freeze", lifecycle=CAMPAIGN, by=by, at=at, note=note, changes=changes
    )


def digest(keys: Iterable[str]) -> str:
    """Return a fingerprint of a list of keys, for whoever wants to prove that it is the same."""
    return hashlib.sha256("\n".join(sorted(keys)).encode()).hexdigest()


@transaction.atomic
def thaw(*, campaign: Campaign, reason: str, by: Actor, at: datetime) -> Campaign:
    """Go back to a draft after a freeze that came to nothing; half a list is no list."""
    Target.objects.filter(campaign=campaign).delete()
    return transitions.apply(
        campaign,
        "thaw",
        lifecycle=CAMPAIGN,
        by=by,
        at=at,
        note=reason,
        changes={"background_job_id": None},
    )


def move(*, campaign: Campaign, verb: str, reason: str, by: Actor, at: datetime) -> Campaign:
    """Close, reopen or discard a campaign, with a reason.

    Raises:
        InvalidInputError: there is no reason.
        IllegalTransitionError, NotYourTurnError, StaleStateError: see the lifecycle.
    """
    return transitions.apply(
        campaign, verb, lifecycle=CAMPAIGN, by=by, at=at, note=reason_of(reason)
    )


@transaction.atomic
def add(*, campaign: Campaign, aim: Aim, reason: str, by: Actor, at: datetime) -> Target:
    """Add one target to a frozen list: a dated correction with its reason.

    Raises:
        UnableToCorrectError: the list is not frozen, or the target is on it.
        InvalidInputError: there is no reason.
    """
    locked = _frozen(campaign)
    if Target.objects.filter(campaign=locked, key=aim.key).exists():
        raise UnableToCorrectError(
            Phrase("%(key)s 已在名单中，不能重复补入。", key=aim.key), field="key"
        )
    target = _target(locked, aim, last_serial(locked) + 1, is_added=True)
    target.save(force_insert=True)
    _correct(target, Correction.Kind.ADDED, reason=reason, by=by, at=at)
    return target


@transaction.atomic
def remove(*, target: Target, reason: str, by: Actor, at: datetime) -> Target:
    """Take a target off the count: it stays on record, with date and reason.

    Raises:
        UnableToCorrectError: the list is not frozen.
        InvalidInputError: there is no reason.
        IllegalTransitionError: it is done, or a job is open for it.
    """
    _frozen(target.campaign)
    words = reason_of(reason)
    moved = transitions.apply(
        target, "exclude", lifecycle=TARGET, by=by, at=at, note=words, changes={"note": words}
    )
    _correct(moved, Correction.Kind.REMOVED, reason=words, by=by, at=at)
    return moved


@transaction.atomic
def restore(*, target: Target, reason: str, by: Actor, at: datetime) -> Target:
    """Put a target back that was taken off the count.

    Raises:
        UnableToCorrectError: the list is not frozen.
        InvalidInputError, IllegalTransitionError: no reason, or it was not taken off.
    """
    _frozen(target.campaign)
    words = reason_of(reason)
    moved = transitions.apply(
        target, "include", lifecycle=TARGET, by=by, at=at, note=words, changes={"note": ""}
    )
    _correct(moved, Correction.Kind.RESTORED, reason=words, by=by, at=at)
    return moved


def _frozen(campaign: Campaign) -> Campaign:
    """Lock a campaign, so that two corrections do not take the same number."""
    locked = Campaign.objects.select_for_update().get(pk=campaign.pk)
    if locked.status != "FROZEN":
        raise UnableToCorrectError("名单冻结后、行动结束前才能更正。")
    return locked


def _correct(target: Target, kind: str, *, reason: str, by: Actor, at: datetime) -> None:
    words = reason_of(reason)
    Correction.objects.create(
        campaign_id=target.campaign_id,
        target=target,
        kind=kind,
        reason=words,
        at=at,
        by_name=by.name,
    )
    audit.record(
        f"programs.target.{kind}", target=target, by=by, at=at, after=target.status, reason=words
    )


def reason_of(text: str) -> str:
    """Return a reason that says something.

    Raises:
        InvalidInputError: there is none, or it is too long.
    """
    words = text.strip()
    if not words or len(words) > REASON_MAX:
        raise InvalidInputError(
            Phrase("请写明原因，不超过 %(most)s 字。", most=REASON_MAX), field="reason"
        )
    return words
