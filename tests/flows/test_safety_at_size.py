"""A season of inspections: 2000 visits, 1.5 hazards each, through the operations, to the end."""

from datetime import timedelta
from random import Random

import pytest

from dianliang.core.models import StoredFile
from dianliang.domain.catalog import inspecting as checklists
from dianliang.domain.safety.models import Hazard, Inspection, Notice
from dianliang.domain.safety.operations import inspecting
from dianliang.domain.work.models import Job, Visit
from dianliang.flows import safety
from tests import hazards
from tests.examples import SHARE
from tests.fieldworld import NOON, TODAY

DAY = timedelta(days=1)
SEED = 11
SEASON = [100, pytest.param(round(2000 * SHARE), marks=pytest.mark.slow)]
"""A run looks at its share of the season, as of the examples of a property."""


def pictures(n):
    """Keep photos of which only the rows are needed."""
    rows = (
        StoredFile(
            token=f"picture-{i:06d}",
            sha256=f"{i:064x}",
            media_type="image/jpeg",
            size_bytes=1,
            width_px=1,
            height_px=1,
            created_at=NOON,
        )
        for i in range(n)
    )
    return StoredFile.objects.bulk_create(rows)


def visits(world, n):
    """Publish visits of as many households."""
    first = world.visit(status="ARRIVED")
    fields = {f.attname: getattr(first.job, f.attname) for f in Job._meta.concrete_fields}
    rows = [Job(**{**fields, "id": None, "number": f"GD-{i}"}) for i in range(n)]
    made = Job.objects.bulk_create(rows)
    return Visit.objects.bulk_create(
        Visit(
            number=f"SM-{i}",
            job=job,
            team=first.team,
            on=TODAY,
            sequence=i,
            arrive_at=NOON,
            depart_at=NOON,
            status="ARRIVED",
        )
        for i, job in enumerate(made)
    )


@pytest.mark.parametrize("n", SEASON)
def test_every_hazard_of_a_season_ends_by_its_pair_of_photos_or_escalated(world, n, monkeypatch):
    rng, by = Random(SEED), world.actor("P2")
    checklists.load_shipped()
    sheet = checklists.current("household")
    shown = iter(pictures(6 * n + 10))
    house = next(shown)
    codes = [item.code for item in sheet.items]
    for place, visit in enumerate(visits(world, n)):
        wrong = rng.sample(codes, 1 + place % 2)
        record = hazards.Record(
            answers=hazards.answers(sheet, wrong=wrong, shown=house),
            found=tuple(hazards.found(sheet, code, next(shown)) for code in wrong),
            inspected_at=NOON,
            signature=house,
        )
        inspecting.record(visit=visit, sheet=sheet, record=record, by=by, at=NOON)
    found = 3 * n // 2
    assert (Inspection.objects.count(), Hazard.objects.count()) == (n, found)
    assert sum(notice.hazards.count() for notice in Notice.objects.all()[:50]) >= 50

    related = ("before", "area", "unit", "customer", "inspection__visit__job")
    everything = list(Hazard.objects.select_related(*related, "inspection__visit__team"))
    answered = [hazard for hazard in everything if rng.random() < 0.8]
    for hazard in answered:
        safety.claim(hazard=hazard, photo=next(shown), words="", by=by, at=NOON + DAY / 2)
    for hazard in answered:
        passed = rng.random() < 0.9
        photo = next(shown) if passed else None
        later = NOON + DAY
        safety.judge(hazard=hazard, passed=passed, photo=photo, words="不牢", by=by, at=later)
    monkeypatch.setattr(safety, "AT_ONCE", 20)
    while safety.escalate_overdue(at=NOON + 120 * DAY):
        pass

    ended = Hazard.objects.filter(status="CLOSED", after__isnull=False, before__isnull=False)
    escalated = Hazard.objects.filter(status="ESCALATED").exclude(reason="")
    assert ended.count() + escalated.count() == found
    assert ended.count() > 0.6 * found
    rechecks = Job.objects.filter(title__startswith="隐患复查").count()
    assert rechecks <= len(answered)
