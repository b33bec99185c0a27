"""Every write to the files of villages: what people keep in them, and their versions."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import Max

from dianliang.core import audit, transitions
from dianliang.core.models import StoredFile
from dianliang.core.numbers import next_number
from dianliang.domain.insight.lifecycle import PLAN_ITEM
from dianliang.domain.insight.models import (
    PlanItem,
    VillagePhoto,
    VillageProfile,
    VillageVersion,
)
from dianliang.domain.territory.models import Area
from dianliang.domain.venues.models import Site
from dianliang.kernel.actor import Actor
from dianliang.kernel.calendar import SHANGHAI
from dianliang.kernel.errors import DomainError, InvalidInputError
from dianliang.kernel.phrases import Phrase
from dianliang.kernel.text import clean_text

MOST_PHOTOS = 12
MOST_YEARS_AHEAD = 5
MOST_PEOPLE = 200_000
NEVER = (0, "")
"""Number and digest of a village without any version."""


class UnableToKeepVillageError(DomainError):
    """The file of the village cannot take this."""

    code = "insight.unable-to-keep-village"


def digest_of(body: Mapping[str, Any]) -> str:
    """Return the SHA-256 of a body, written in one way only."""
    text = json.dumps(body, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """A file to be kept as a version, and why."""

    area: Area
    body: Mapping[str, Any]
    reason: str


@transaction.atomic
def keep_versions(
    *, snapshots: Iterable[Snapshot], by: Actor, at: datetime
) -> tuple[VillageVersion, ...]:
    """Keep those files that differ from the last version of their village.

    Takes three queries, and one audit event for all that are kept.

    Raises:
        InvalidInputError: no reason is given.
    """
    wanted = {snapshot.area.pk: snapshot for snapshot in snapshots}
    for snapshot in wanted.values():
        clean_text(snapshot.reason, field="reason", label="存档原因", most=200, least=2)
    # Two who keep at once would count to the same number: they queue at the village.
    list(Area.objects.filter(pk__in=wanted).select_for_update().order_by("pk").values_list("pk"))
    known = VillageVersion.objects.filter(area_id__in=wanted)
    newest = known.order_by().values("area_id").annotate(n=Max("pk")).values("n")
    last = {
        area_id: (number, digest)
        for area_id, number, digest in VillageVersion.objects.filter(pk__in=newest).values_list(
            "area_id", "number", "digest"
        )
    }
    fresh = [
        VillageVersion(
            area=snapshot.area,
            number=last.get(pk, NEVER)[0] + 1,
            body=dict(snapshot.body),
            digest=digest,
            made_at=at,
            made_by=by.name,
            reason=snapshot.reason.strip(),
        )
        for pk, snapshot in wanted.items()
        if (digest := digest_of(snapshot.body)) != last.get(pk, NEVER)[1]
    ]
    kept = VillageVersion.objects.bulk_create(fresh)
    if kept:
        audit.record_about(
            "insight.villageversion.keep",
            target_type="insight.villageversion",
            target_id=kept[0].area.code if len(kept) == 1 else f"{len(kept)} 村",
            by=by,
            at=at,
            after=f"第 {kept[0].number} 版" if len(kept) == 1 else "",
            reason=kept[0].reason,
        )
    return tuple(kept)


@dataclass(frozen=True, slots=True, kw_only=True)
class ProfileTold:
    """What people say of a village."""

    households: int | None
    population: int | None
    station: Site | None
    summary: str


@transaction.atomic
def describe(*, area: Area, told: ProfileTold, by: Actor, at: datetime) -> VillageProfile:
    """Write down households, people, station and a summary.

    Raises:
        InvalidInputError: a number is out of range, or the summary too long; the field is named.
    """
    for field, label in (("households", "总户数"), ("population", "常住人口")):
        value = getattr(told, field)
        if value is not None and not 0 <= value <= MOST_PEOPLE:
            raise InvalidInputError(
                Phrase("%(label)s应在 0 到 %(most)s 之间。", label=Phrase(label), most=MOST_PEOPLE),
                field=field,
            )
    if told.station is not None and told.station.kind != Site.Kind.STATION:
        message = Phrase("%(name)s不是电力服务站，请改选。", name=told.station.name)
        raise InvalidInputError(message, field="station")
    profile, _ = VillageProfile.objects.update_or_create(
        area=area,
        defaults={
            "households": told.households,
            "population": told.population,
            "station": told.station,
            "summary": clean_text(told.summary, field="summary", label="概况", most=400),
        },
    )
    _note("insight.villageprofile.describe", area, by=by, at=at)
    return profile


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """An item of the year's plan as somebody writes it."""

    title: str
    owner: str
    due_on: date


@transaction.atomic
def plan(*, area: Area, told: Planned, by: Actor, at: datetime) -> PlanItem:
    """Add something to the plan of the year in which it is due.

    Raises:
        InvalidInputError: it has no words, or a day far away; the field is named.
    """
    item = PlanItem.objects.create(
        number=next_number("NJ", at=at),
        area=area,
        **_planned(told, at=at),
    )
    audit.record("insight.planitem.plan", target=item, by=by, at=at, after=str(item.due_on))
    return item


@transaction.atomic
def replan(*, item: PlanItem, told: Planned, by: Actor, at: datetime) -> PlanItem:
    """Change words, owner or day of an item; its state stays.

    Raises:
        InvalidInputError: it has no words, or a day far away; the field is named.
    """
    values = _planned(told, at=at)
    before = {name: getattr(item, name) for name in values}
    if values == before:
        return item
    PlanItem.objects.filter(pk=item.pk).update(**values)
    for name, value in values.items():
        setattr(item, name, value)
    audit.record(
        "insight.planitem.replan",
        target=item,
        by=by,
        at=at,
        before=f"{before['due_on']} {before['title']}",
        after=f"{item.due_on} {item.title}",
    )
    return item


def _planned(told: Planned, *, at: datetime) -> dict[str, Any]:
    if abs(told.due_on.year - at.astimezone(SHANGHAI).year) > MOST_YEARS_AHEAD:
        raise InvalidInputError(
            Phrase("完成期限应在前后 %(most)s 年内，请核对。", most=MOST_YEARS_AHEAD),
            field="due_on",
        )
    return {
        "year": told.due_on.year,
        "title": clean_text(told.title, field="title", label="计划事项", most=120, least=1),
        "owner": clean_text(told.owner, field="owner", label="责任人或单位", most=40),
        "due_on": told.due_on,
    }


def move(*, item: PlanItem, verb: str, by: Actor, at: datetime) -> PlanItem:
    """Move an item along its lifecycle.

    Raises:
        IllegalTransitionError, NotYourTurnError, StaleStateError: see `core.transitions`.
    """
    return transitions.apply(item, verb, lifecycle=PLAN_ITEM, by=by, at=at)


@transaction.atomic
def move_to(*, item: PlanItem, status: str, by: Actor, at: datetime) -> PlanItem:
    """Bring an item to a state that a table of somebody's names, by the verbs that lead there.

    Raises:
        NotYourTurnError, StaleStateError: see `core.transitions`.
    """
    while item.status != status:
        verbs = PLAN_ITEM.verbs(item.status, role=by.role)
        verb = next((row.verb for row in verbs if row.target == status), "reopen")
        move(item=item, verb=verb, by=by, at=at)
    return item


@transaction.atomic
def add_photo(
    *, area: Area, file: StoredFile, caption: str, taken_on: date, by: Actor, at: datetime
) -> VillagePhoto:
    """Put a photo into the file of a village.

    Raises:
        InvalidInputError: it has no words, or was taken in the future.
        UnableToKeepVillageError: there are enough.
    """
    if VillagePhoto.objects.filter(area=area, removed_at=None).count() >= MOST_PHOTOS:
        message = Phrase("每村最多 %(most)s 张照片，请先移出一张。", most=MOST_PHOTOS)
        raise UnableToKeepVillageError(message, field="photo")
    if taken_on > at.astimezone(SHANGHAI).date():
        raise InvalidInputError("拍摄日期不能晚于今天。", field="taken_on")
    photo = VillagePhoto.objects.create(
        area=area,
        file=file,
        caption=clean_text(caption, field="caption", label="照片说明", most=60, least=2),
        taken_on=taken_on,
    )
    _note("insight.villagephoto.add", area, by=by, at=at)
    return photo


@transaction.atomic
def remove_photo(*, photo: VillagePhoto, by: Actor, at: datetime) -> None:
    """Take a photo out of the present file; versions that show it keep it.

    Raises:
        UnableToKeepVillageError: somebody took it out before.
    """
    if not VillagePhoto.objects.filter(pk=photo.pk, removed_at=None).update(removed_at=at):
        raise UnableToKeepVillageError("这张照片已移出，请刷新。", field="photo")
    _note("insight.villagephoto.remove", photo.area, by=by, at=at)


def _note(verb: str, area: Area, *, by: Actor, at: datetime) -> None:
    kind = verb.rpartition(".")[0]
    audit.record_about(verb, target_type=kind, target_id=area.code, by=by, at=at)
