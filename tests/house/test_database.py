"""The database says what the code says: migrations are complete, states are guarded."""

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import connection, transaction
from django.db.models import Q
from django.db.utils import IntegrityError

from tests.house.test_lifecycles import TABLES

pytestmark = pytest.mark.django_db
MODELS = {
    "rule edition": "appraisal.Edition",
    "task list": "appraisal.TaskList",
    "duty": "appraisal.Duty",
    "round": "appraisal.Round",
    "appraisal appeal": "appraisal.Appeal",
    "branch": "branches.Branch",
    "branch pairing": "branches.Pairing",
    "branch alliance": "branches.Alliance",
    "secondment": "branches.Secondment",
    "meeting": "branches.Meeting",
    "meeting task": "branches.Task",
    "branch topic": "branches.Topic",
    "brand": "brands.Brand",
    "claim": "energy.Claim",
    "measurement project": "energy.MeasurementProject",
    "call": "honours.Call",
    "honour": "honours.Honour",
    "nominee": "honours.Nominee",
    "objection": "honours.Objection",
    "talk": "talks.Talk",
    "voice": "voices.Voice",
    "unlock": "care.Unlock",
    "alert": "care.Alert",
    "contact": "care.Contact",
    "need": "intake.Need",
    "learnt model": "intake.LearntModel",
    "hazard": "safety.Hazard",
    "watching camera": "linewatch.Camera",
    "watch event": "linewatch.Event",
    "job": "work.Job",
    "plan": "work.Plan",
    "visit": "work.Visit",
    "outreach": "outreach.Outreach",
    "policy edition": "policies.PolicyEdition",
    "policy duty": "policies.PolicyDuty",
    "analysis run": "enterprises.AnalysisRun",
    "campaign": "programs.Campaign",
    "target": "programs.Target",
    "session": "programs.Session",
    "signup": "programs.Signup",
    "lecture request": "programs.LectureRequest",
    "offer": "programs.Offer",
    "course": "programs.Course",
    "enrolment": "programs.Enrolment",
    "grid worker": "workforce.GridWorker",
    "agreement": "directory.Agreement",
    "renewal step": "renewal.Step",
    "grid project": "grid_projects.Project",
    "grid baseline": "grid_projects.Baseline",
    "local issue": "grid_projects.Issue",
    "plan item": "insight.PlanItem",
    "roster": "rosters.Roster",
    "swap": "rosters.Swap",
    "hour record": "hours.HourRecord",
    "hour notice": "hours.HourNotice",
    "hour appeal": "hours.Appeal",
    "service certificate": "hours.ServiceCertificate",
    "point rule version": "ledger.RuleVersion",
    "settlement": "ledger.Settlement",
    "appeal": "ledger.Appeal",
    "drive": "ledger.Drive",
    "grant": "ledger.Grant",
    "pairing": "ledger.Pairing",
    "base proof": "venues.BaseProof",
    "base notice": "venues.BaseNotice",
    "booking": "venues.Booking",
    "public alert": "incidents.PublicAlert",
    "guarded event": "protection.Event",
    "key customer watch": "key_customers.Watch",
    "key customer table": "key_customers.BroughtTable",
    "resource": "resources.Resource",
    "loan": "resources.Loan",
    "stock count": "resources.StockCount",
    "resource request": "mobilisation.ResourceRequest",
    "lesson": "mobilisation.Lesson",
    "incident": "incidents.Incident",
    "incident alert": "incidents.IncidentAlert",
    "objective": "incidents.Objective",
}


def ours():
    return [model for model in apps.get_models() if model.__module__.startswith("dianliang.")]


def test_migrations_are_complete():
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)


def test_every_table_with_a_lifecycle_is_listed_here():
    with_status = {
        model._meta.label
        for model in ours()
        if any(field.name == "status" for field in model._meta.concrete_fields)
    }

    assert set(MODELS) == set(TABLES)
    assert with_status == {*MODELS.values(), "core.BackgroundJob"}


def known_states(model):
    """Return the states that a CHECK constraint of the model allows."""
    for constraint in model._meta.constraints:
        condition = getattr(constraint, "condition", None)
        if isinstance(condition, Q) and len(condition.children) == 1:
            name, value = condition.children[0]
            if name == "status__in":
                return constraint.name, set(value)
    raise AssertionError(f"{model} lets any status in")


@pytest.mark.parametrize("name", MODELS)
def test_the_printed_table_and_the_database_know_the_same_states(name):
    lifecycle, _ = TABLES[name]
    model = apps.get_model(MODELS[name])

    constraint, states = known_states(model)

    assert states == set(lifecycle.labels)
    with connection.cursor() as cursor:
        found = connection.introspection.get_constraints(cursor, model._meta.db_table)
    assert found[constraint]["check"]


def test_the_database_itself_refuses_a_state_that_nobody_knows(town):
    need = town.post("余村村停电了", area_code="V1")

    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE intake_need SET status = 'LOST' WHERE id = %s", [need.pk])


def test_an_audit_event_is_written_with_what_it_tells(town):
    """Undo the one and the other is undone: they share a transaction."""
    event = apps.get_model("core", "AuditEvent")
    before = event.objects.count()
    with transaction.atomic():
        town.post("余村村停电了", area_code="V1")
        assert event.objects.count() > before
        transaction.set_rollback(True)

    assert event.objects.count() == before
