"""Keep versions of the files: every night those that changed, and when somebody asks."""

from datetime import datetime, time
from typing import Any

from django.db import transaction

from dianliang.core import jobs
from dianliang.domain.insight.models import VillageVersion
from dianliang.domain.insight.operations import (
    Snapshot,
    UnableToKeepVillageError,
    keep_versions,
)
from dianliang.domain.network import access
from dianliang.domain.territory.models import Area
from dianliang.flows.village_file.compiling import compile_files
from dianliang.flows.village_file.model import as_body
from dianliang.kernel.actor import SYSTEM, Actor
from dianliang.kernel.calendar import SHANGHAI

KEEP = "village.keep"
NIGHTLY = "夜间自动存档"
AFTER = time(1, 30)
"""When the day's work is in and nobody waits for the database."""
AT_ONCE = 200
"""Villages in one transaction: a county, so that a province does not hold the gate for long."""


def keep_one(*, code: str, reason: str, by: Actor, at: datetime) -> VillageVersion:
    """Keep the present file of a village as a version.

    Raises:
        NotVisibleError: it is absent or somebody else's village.
        InvalidInputError: no reason is given.
        UnableToKeepVillageError: nothing has changed since the last version.
    """
    village = access.village_to_see(code, by=by)
    made = keep([village], reason=reason, by=by, at=at)
    if not made:
        message = "档案与最近一版相同，不需要再存。"
        raise UnableToKeepVillageError(message, field="reason")
    return made[0]


@transaction.atomic
def keep(
    villages: list[Area], *, reason: str, by: Actor, at: datetime
) -> tuple[VillageVersion, ...]:
    """Keep the files of villages that changed since their last version."""
    files = compile_files(villages, at=at)
    snapshots = [
        Snapshot(area=village, body=as_body(files[village.pk]), reason=reason)
        for village in villages
    ]
    return keep_versions(snapshots=snapshots, by=by, at=at)


def order_if_due(*, at: datetime) -> None:
    """Have what changed kept, once a night."""
    local = at.astimezone(SHANGHAI)
    if local.time() >= AFTER and Area.objects.filter(level=Area.Level.VILLAGE).exists():
        jobs.enqueue(KEEP, {}, by=SYSTEM, at=at, key=f"{KEEP}:{local:%Y%m%d}")


@jobs.handler(KEEP)
def keep_in_background(context: jobs.JobContext) -> dict[str, Any] | None:
    """Keep what changed, county by county."""
    villages = list(access.villages_of(SYSTEM).select_related("parent"))
    kept = 0
    for start in range(0, len(villages), AT_ONCE):
        part = villages[start : start + AT_ONCE]
        context.progress(start / max(1, len(villages)), f"{start}/{len(villages)} 村")
        kept += len(keep(part, reason=NIGHTLY, by=SYSTEM, at=context.clock()))
    return {"villages": len(villages), "kept": kept}
