"""What checks have found at key customers: the latest of each, and those of one."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Max

from dianliang.core.rows import first_of
from dianliang.domain.key_customers.models import KeyCustomer
from dianliang.domain.programs import progress
from dianliang.domain.programs.lifecycle import COUNTS_AS_DONE
from dianliang.domain.programs.models import Campaign, Target
from dianliang.domain.programs.progress import CampaignRow
from dianliang.domain.safety.models import Inspection
from dianliang.kernel.actor import Actor

MOST_CHECKS = 20
MOST_PATROLS = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """A check of one key customer: by which campaign, when, and what it found."""

    campaign: str
    title: str
    target: str
    status_label: str
    done_at: datetime | None
    job: str
    inspection: str
    edition: str
    hazards: tuple[str, ...]


def patrols(
    *, by: Actor, on: date, is_whole: bool = False
) -> tuple[tuple[tuple[CampaignRow, int], ...], int]:
    """Return the latest campaigns of checks of key customers, or all, and how many more.

    With each goes the number of its customers whose check is late.
    """
    found = progress.overseen(Campaign.Source.KEY_CUSTOMERS, by=by, on=on)
    shown = found if is_whole else found[:MOST_PATROLS]
    return shown, len(found) - len(shown)


def last_checked(customers: Collection[int]) -> Mapping[int, datetime]:
    """Return when each of some key customers was last checked. One query."""
    rows = Target.objects.filter(key_customer__in=customers, status__in=COUNTS_AS_DONE)
    found = rows.values_list("key_customer").annotate(at=Max("done_at")).order_by()
    return {pk: at for pk, at in found if pk is not None and at is not None}


def checks_of(customer: KeyCustomer, *, is_whole: bool = False) -> tuple[tuple[Check, ...], int]:
    """Return the latest checks of one key customer with the hazards found, and how many more."""
    targets = Target.objects.filter(key_customer=customer).select_related("campaign", "job")
    rows, more = first_of(targets.order_by("-pk"), MOST_CHECKS, is_whole=is_whole)
    found = Inspection.objects.filter(visit__in=[row.visit_id for row in rows if row.visit_id])
    records = {
        record.visit_id: record
        for record in found.select_related("checklist__checklist").prefetch_related("hazards")
    }
    return tuple(_check(row, records.get(row.visit_id or 0)) for row in rows), more


def _check(row: Target, record: Inspection | None) -> Check:
    return Check(
        campaign=row.campaign.number,
        title=row.campaign.title,
        target=row.number,
        status_label=row.get_status_display(),
        done_at=row.done_at,
        job=row.job.number if row.job else "",
        inspection=record.number if record else "",
        edition=str(record.checklist) if record else "",
        hazards=tuple(hazard.number for hazard in record.hazards.all()) if record else (),
    )
