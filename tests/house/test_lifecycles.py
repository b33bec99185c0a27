"""Every state machine: reachable, leavable, and guarded by the database."""

import pytest

from dianliang.domain.appraisal.lifecycle import APPEAL as APPRAISAL_APPEAL
from dianliang.domain.appraisal.lifecycle import DUTY, EDITION, LIST, ROUND
from dianliang.domain.branches.lifecycle import (
    ALLIANCE,
    BRANCH,
    MEETING,
    PAIRING,
    SECONDMENT,
    TASK,
    TOPIC,
)
from dianliang.domain.brands.lifecycle import BRAND
from dianliang.domain.care.lifecycle import ALERT, CONTACT, UNLOCK
from dianliang.domain.directory.lifecycle import AGREEMENT
from dianliang.domain.energy.lifecycle import CLAIM, PROJECT
from dianliang.domain.enterprises.lifecycle import RUN as ANALYSIS_RUN
from dianliang.domain.grid_projects.lifecycle import BASELINE, ISSUE
from dianliang.domain.grid_projects.lifecycle import PROJECT as GRID_PROJECT
from dianliang.domain.honours.lifecycle import CALL, HONOUR, NOMINEE, OBJECTION
from dianliang.domain.hours.lifecycle import HOUR, HOUR_APPEAL, HOUR_NOTICE, SERVICE_CERTIFICATE
from dianliang.domain.incidents.lifecycle import (
    INCIDENT,
    INCIDENT_ALERT,
    OBJECTIVE,
    PUBLIC_ALERT,
)
from dianliang.domain.insight.lifecycle import PLAN_ITEM
from dianliang.domain.intake.lifecycle import LEARNT_MODEL, NEED
from dianliang.domain.key_customers.lifecycle import TABLE as KEY_TABLE
from dianliang.domain.key_customers.lifecycle import WATCH
from dianliang.domain.ledger.lifecycle import (
    APPEAL,
    DRIVE,
    GRANT,
    RULE_VERSION,
    SETTLEMENT,
)
from dianliang.domain.ledger.lifecycle import PAIRING as CHILD_PAIRING
from dianliang.domain.linewatch.lifecycle import CAMERA
from dianliang.domain.linewatch.lifecycle import EVENT as WATCH_EVENT
from dianliang.domain.mobilisation.lifecycle import LESSON, REQUEST
from dianliang.domain.outreach.lifecycle import OUTREACH
from dianliang.domain.policies.lifecycle import DUTY as POLICY_DUTY
from dianliang.domain.policies.lifecycle import EDITION as POLICY_EDITION
from dianliang.domain.programs.lifecycle import (
    CAMPAIGN,
    COURSE,
    ENROLMENT,
    LECTURE,
    OFFER,
    SESSION,
    SIGNUP,
    TARGET,
)
from dianliang.domain.protection.lifecycle import EVENT
from dianliang.domain.renewal.lifecycle import STEP
from dianliang.domain.resources.lifecycle import COUNT, LOAN, RESOURCE
from dianliang.domain.rosters.lifecycle import ROSTER, SWAP
from dianliang.domain.safety.lifecycle import HAZARD
from dianliang.domain.talks.lifecycle import TALK
from dianliang.domain.venues.lifecycle import BOOKING, NOTICE, PROOF
from dianliang.domain.voices.lifecycle import VOICE
from dianliang.domain.work.lifecycle import JOB, PLAN, VISIT
from dianliang.domain.workforce.lifecycle import GRID_WORKER

TABLES = {
    "rule edition": (EDITION, "DRAFT"),
    "task list": (LIST, "OPEN"),
    "duty": (DUTY, "PROPOSED"),
    "round": (ROUND, "OPEN"),
    "appraisal appeal": (APPRAISAL_APPEAL, "OPEN"),
    "branch": (BRANCH, "ACTIVE"),
    "branch pairing": (PAIRING, "DRAFT"),
    "branch alliance": (ALLIANCE, "DRAFT"),
    "secondment": (SECONDMENT, "PLANNED"),
    "meeting": (MEETING, "DRAFT"),
    "meeting task": (TASK, "OPEN"),
    "branch topic": (TOPIC, "PROPOSED"),
    "brand": (BRAND, "DRAFT"),
    "claim": (CLAIM, "ESTIMATED"),
    "measurement project": (PROJECT, "OPEN"),
    "call": (CALL, "DRAFT"),
    "honour": (HONOUR, "VALID"),
    "nominee": (NOMINEE, "NOMINATED"),
    "objection": (OBJECTION, "OPEN"),
    "talk": (TALK, "PLANNED"),
    "voice": (VOICE, "RECEIVED"),
    "unlock": (UNLOCK, "ASKED"),
    "alert": (ALERT, "OPEN"),
    "contact": (CONTACT, "WAITING"),
    "need": (NEED, "RECEIVED"),
    "learnt model": (LEARNT_MODEL, "READY"),
    "hazard": (HAZARD, "FOUND"),
    "watching camera": (CAMERA, "REGISTERED"),
    "watch event": (WATCH_EVENT, "WAITING"),
    "job": (JOB, "OPEN"),
    "plan": (PLAN, "DRAFT"),
    "visit": (VISIT, "SCHEDULED"),
    "outreach": (OUTREACH, "DRAFT"),
    "policy edition": (POLICY_EDITION, "DRAFT"),
    "policy duty": (POLICY_DUTY, "OPEN"),
    "analysis run": (ANALYSIS_RUN, "WAITING"),
    "campaign": (CAMPAIGN, "DRAFT"),
    "target": (TARGET, "OPEN"),
    "session": (SESSION, "DRAFT"),
    "signup": (SIGNUP, "WAITING"),
    "lecture request": (LECTURE, "ASKED"),
    "offer": (OFFER, "OPEN"),
    "course": (COURSE, "OPEN"),
    "enrolment": (ENROLMENT, "ENROLLED"),
    "grid worker": (GRID_WORKER, "RECRUITED"),
    "agreement": (AGREEMENT, "DRAFT"),
    "renewal step": (STEP, "PENDING"),
    "grid project": (GRID_PROJECT, "PROPOSED"),
    "grid baseline": (BASELINE, "PROPOSED"),
    "local issue": (ISSUE, "REPORTED"),
    "plan item": (PLAN_ITEM, "PLANNED"),
    "roster": (ROSTER, "DRAFT"),
    "public alert": (PUBLIC_ALERT, "RECEIVED"),
    "incident": (INCIDENT, "WATCHING"),
    "incident alert": (INCIDENT_ALERT, "WAITING"),
    "objective": (OBJECTIVE, "OPEN"),
    "swap": (SWAP, "ASKED"),
    "guarded event": (EVENT, "DRAFT"),
    "key customer watch": (WATCH, "OPEN"),
    "key customer table": (KEY_TABLE, "WAITING"),
    "hour record": (HOUR, "PENDING"),
    "hour notice": (HOUR_NOTICE, "OPEN"),
    "hour appeal": (HOUR_APPEAL, "OPEN"),
    "service certificate": (SERVICE_CERTIFICATE, "ISSUED"),
    "point rule version": (RULE_VERSION, "DRAFT"),
    "settlement": (SETTLEMENT, "DRAFT"),
    "appeal": (APPEAL, "OPEN"),
    "drive": (DRIVE, "DRAFT"),
    "grant": (GRANT, "ASKED"),
    "pairing": (CHILD_PAIRING, "PROPOSED"),
    "base proof": (PROOF, "GIVEN"),
    "base notice": (NOTICE, "DRAFT"),
    "booking": (BOOKING, "ASKED"),
    "resource": (RESOURCE, "FREE"),
    "loan": (LOAN, "ASKED"),
    "stock count": (COUNT, "OPEN"),
    "resource request": (REQUEST, "REQUESTED"),
    "lesson": (LESSON, "OPEN"),
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
