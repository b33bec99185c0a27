"""Draft a campaign, freeze its list, correct it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction

from dianliang.core import jobs
from dianliang.domain.catalog.queries import active_service
from dianliang.domain.directory.models import Unit
from dianliang.domain.programs import access
from dianliang.domain.programs.models import Campaign, Target
from dianliang.domain.programs.operations import campaigns as operations
from dianliang.domain.programs.operations.campaigns import Aim, Outline, UnableToFreezeError
from dianliang.domain.territory.models import Area
from dianliang.flows.campaigns import following, sources, tables
from dianliang.flows.safety import SERVICE
from dianliang.kernel.actor import SYSTEM, Actor
from dianliang.kernel.calendar import SHANGHAI
from dianliang.kernel.errors import InvalidInputError
from dianliang.kernel.phrases import Phrase
from dianliang.kernel.text import clean_text

FREEZE = "campaigns.freeze"
AT_ONCE = 20_000
"""Lists up to this long are frozen while the person waits (some seconds)."""
MOST_CHECKS = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """A campaign as a form describes it. Codes and text come from outside and are checked here."""

    title: str
    source: str
    query: Mapping[str, Any]
    table: bytes | None
    action: str
    service_code: str
    checklist: str
    proofs: Sequence[str]
    duration_min: int
    unit_code: str
    starts_on: date
    due_on: date


def units_to_lead(by: Actor) -> tuple[tuple[str, str], ...]:
    """Return the units of the actor that can lead a campaign."""
    kinds = (Unit.Kind.COMPANY, Unit.Kind.STATION, Unit.Kind.ALLIANCE)
    own = Unit.objects.filter(path__startswith=by.unit_path or "-", kind__in=kinds)
    return tuple(own.values_list("code", "name"))


def draft(*, wanted: Wanted, by: Actor, at: datetime) -> Campaign:
    """Write a campaign down with its source; the list is counted when it is frozen.

    Raises:
        InvalidInputError: a field makes no sense; it is named.
        UnreadableSheetError, InvalidRowsError: the table; every wrong row is named.
    """
    if wanted.unit_code not in dict(units_to_lead(by)):
        raise InvalidInputError("请选择本单位范围内的牵头单位。", field="unit_code")
    if wanted.due_on < wanted.starts_on:
        raise InvalidInputError("完成期限不能早于开始日期。", field="due_on")
    unit = Unit.objects.get(code=wanted.unit_code)
    is_of_keys = wanted.source == Campaign.Source.KEY_CUSTOMERS
    service = active_service(wanted.service_code or (SERVICE if is_of_keys else ""))
    if wanted.service_code and service is None:
        raise InvalidInputError("没有这个服务事项，请重新选择。", field="service_code")
    return operations.draft(
        outline=Outline(
            title=clean_text(wanted.title, field="title", label="名称", most=60, least=2),
            source=wanted.source,
            query=sources.checked_query(wanted.source, wanted.query),
            rows=_rows(wanted, unit),
            action=clean_text(wanted.action, field="action", label="要做的事", most=120, least=2),
            service=service,
            checklist=_checklist(wanted.checklist),
            proofs=_proofs(wanted),
            duration_min=wanted.duration_min,
            unit=unit,
            starts_on=wanted.starts_on,
            due_on=wanted.due_on,
        ),
        by=by,
        at=at,
    )


def _rows(wanted: Wanted, unit: Unit) -> list[dict[str, Any]]:
    if wanted.source != Campaign.Source.TABLE:
        return []
    if not wanted.table:
        raise InvalidInputError("请选择填写好的名单文件。", field="table")
    return tables.read(wanted.table, lead=unit, starts_on=wanted.starts_on, due_on=wanted.due_on)


def _proofs(wanted: Wanted) -> tuple[str, ...]:
    """Return what is demanded; of key customers at least words, which an inspection brings."""
    proofs = tuple(proof for proof in Campaign.Proof.values if proof in set(wanted.proofs))
    is_of_keys = wanted.source == Campaign.Source.KEY_CUSTOMERS
    return proofs or ((Campaign.Proof.WORDS,) if is_of_keys else ())


def _checklist(text: str) -> tuple[str, ...]:
    lines = [
        clean_text(line, field="checklist", label="作业清单的一项", most=60)
        for line in text.splitlines()
        if line.strip()
    ]
    if len(lines) > MOST_CHECKS:
        raise InvalidInputError(
            Phrase("作业清单最多 %(most)s 项。", most=MOST_CHECKS), field="checklist"
        )
    return tuple(dict.fromkeys(lines))


def preview(*, number: str, by: Actor, on: date) -> int:
    """Return how many targets a draft would have if it were frozen today.

    Raises:
        NotVisibleError: the campaign is absent or another unit's.
    """
    return sources.count(access.campaign_to_lead(number, by=by), on=on)


@transaction.atomic
def freeze(*, number: str, by: Actor, at: datetime) -> Campaign:
    """Write the list and date it. A very long one is written in the background.

    Raises:
        NotVisibleError: the campaign is absent or another unit's.
        UnableToFreezeError: the source names nothing.
        IllegalTransitionError, StaleStateError: it is no draft any more.
    """
    campaign = access.campaign_to_lead(number, by=by)
    on = at.astimezone(SHANGHAI).date()
    found = sources.aims(campaign, on=on)
    if not found:
        raise UnableToFreezeError("没有符合条件的目标，请改条件或换一份名单。")
    if len(found) > AT_ONCE:
        payload = {"number": number, "on": on.isoformat()}
        job = jobs.enqueue(FREEZE, payload, by=by, at=at)
        return operations.start_freezing(campaign=campaign, by=by, at=at, background_job_id=job.pk)
    operations.start_freezing(campaign=campaign, by=by, at=at)
    _write(campaign, found)
    frozen = operations.freeze(campaign=campaign, by=by, at=at)
    following.settle_people(campaign=frozen, by=by, at=at)
    return frozen


def _write(
    campaign: Campaign, found: Sequence[Aim], context: jobs.JobContext | None = None
) -> None:
    serial = operations.last_serial(campaign)
    for start in range(0, len(found), operations.CHUNK):
        chunk = found[start : start + operations.CHUNK]
        serial = operations.add_chunk(campaign=campaign, aims=chunk, after=serial)
        if context is not None:
            context.progress((start + len(chunk)) / len(found), f"{start + len(chunk)} 个目标")


def _give_up(context: jobs.JobContext) -> None:
    campaign = Campaign.objects.filter(number=context.payload["number"]).first()
    if campaign is not None and campaign.status == "FREEZING":
        reason = "后台冻结多次失败"
        operations.thaw(campaign=campaign, reason=reason, by=SYSTEM, at=context.clock())


@jobs.handler(FREEZE, given_up=_give_up)
def freeze_in_background(context: jobs.JobContext) -> dict[str, Any] | None:
    """Write a very long list in pieces, so that nobody else waits for the whole, and freeze it."""
    campaign = Campaign.objects.select_related("unit").get(number=context.payload["number"])
    if campaign.status != "FREEZING":
        return None
    found = sources.aims(campaign, on=date.fromisoformat(context.payload["on"]))
    _write(campaign, found, context)
    with transaction.atomic():
        frozen = operations.freeze(campaign=campaign, by=SYSTEM, at=context.clock())
        following.settle_people(campaign=frozen, by=SYSTEM, at=context.clock())
    return {"targets": frozen.frozen_count}


@dataclass(frozen=True, slots=True, kw_only=True)
class Added:
    """A target that was forgotten, as a form names it."""

    key: str
    title: str
    area_code: str
    place: str
    reason: str


def add(*, number: str, added: Added, by: Actor, at: datetime) -> Target:
    """Add a forgotten target to a frozen list: a dated correction with its reason.

    Raises:
        NotVisibleError: the campaign is absent or another unit's.
        InvalidInputError, UnableToCorrectError: see the operation.
    """
    campaign = access.campaign_to_lead(number, by=by)
    area = Area.objects.filter(code=added.area_code).first()
    if area is None:
        raise InvalidInputError("请选择目标所在的村社区。", field="area_code")
    key = clean_text(added.key, field="key", label="对象编码", most=40, least=1)
    links = sources.linked(campaign, key)
    aim = Aim(
        key=key,
        customer_id=links.get("customer_id"),
        person_id=links.get("person_id"),
        site_id=links.get("site_id"),
        key_customer_id=links.get("key_customer_id"),
        title=clean_text(added.title, field="title", label="名称", most=80, least=1),
        place=clean_text(added.place, field="place", label="位置", most=120),
        area_id=area.pk,
        unit_id=sources.owner(area, campaign.unit).pk,
        due_on=campaign.due_on,
        lat=area.lat,
        lon=area.lon,
    )
    reason = clean_text(added.reason, field="reason", label="原因", most=200, least=2)
    return operations.add(campaign=campaign, aim=aim, reason=reason, by=by, at=at)


def move(*, number: str, verb: str, reason: str, by: Actor, at: datetime) -> Campaign:
    """Close, reopen or discard a campaign of the actor's units, with a reason.

    Raises:
        NotVisibleError, InvalidInputError: absent, or no reason.
        IllegalTransitionError, StaleStateError: see the lifecycle.
    """
    campaign = access.campaign_to_lead(number, by=by)
    words = clean_text(reason, field="reason", label="原因", most=200, least=2)
    return operations.move(campaign=campaign, verb=verb, reason=words, by=by, at=at)
