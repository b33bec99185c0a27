"""Every state machine: reachable, leavable, and guarded by the database."""

import pytest

from dianliang.domain.care.lifecycle import ALERT, CONTACT, UNLOCK
from dianliang.domain.directory.lifecycle import AGREEMENT
from dianliang.domain.insight.lifecycle import PLAN_ITEM
from dianliang.domain.intake.lifecycle import LEARNT_MODEL, NEED
from dianliang.domain.programs.lifecycle import CAMPAIGN, TARGET
from dianliang.domain.renewal.lifecycle import STEP
from dianliang.domain.safety.lifecycle import HAZARD
from dianliang.domain.venues.lifecycle import BOOKING, NOTICE, PROOF
from dianliang.domain.work.lifecycle import JOB, PLAN, VISIT
from dianliang.domain.workforce.lifecycle import GRID_WORKER

TABLES = {
    "unlock": (UNLOCK, "ASKED"),
    "alert": (ALERT, "OPEN"),
    "contact": (CONTACT, "WAITING"),
    "need": (NEED, "RECEIVED"),
    "learnt model": (LEARNT_MODEL, "READY"),
    "hazard": (HAZARD, "FOUND"),
    "job": (JOB, "OPEN"),
    "plan": (PLAN, "DRAFT"),
    "visit": (VISIT, "SCHEDULED"),
    "campaign": (CAMPAIGN, "DRAFT"),
    "target": (TARGET, "OPEN"),
    "grid worker": (GRID_WORKER, "RECRUITED"),
    "agreement": (AGREEMENT, "DRAFT"),
    "renewal step": (STEP, "PENDING"),
    "plan item": (PLAN_ITEM, "PLANNED"),
    "booking": (BOOKING, "ASKED"),
    "base proof": (PROOF, "GIVEN"),
    "base notice": (NOTICE, "DRAFT"),
}


@pytest.mark.parametrize("name", TABLES)
def test_every_state_can_be_reached_from_the_first(name):
    lifecycle, first = TABLES[name]
    reached, frontier = {first}, {first}
    while frontier:
        frontier = {row.target for row in lifecycle if row.sources & frontier} - reached
        reached |= frontier

    assert reached == set(lifecycle.labels)


@pytest.mark.parametrize("name", TABLES)
def test_every_verb_has_one_label(name):
    lifecycle, _ = TABLES[name]
    labels = {(row.verb, row.label) for row in lifecycle}

    assert len(labels) == len({row.verb for row in lifecycle})
