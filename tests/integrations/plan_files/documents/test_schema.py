"""The JSON Schema says what the reading says, and the copy in the docs is the program's own."""

import json
from pathlib import Path

import jsonschema_rs
import pytest
from hypothesis import HealthCheck, given, settings

from dianliang.engines import routing
from dianliang.integrations.plan_files.documents.codec import encoded
from dianliang.integrations.plan_files.documents.document import problem_document
from dianliang.integrations.plan_files.documents.schema import json_schema
from dianliang.integrations.plan_files.loaded import (
    PLAN_SCHEMA,
    PROBLEM_SCHEMA,
    PlanFile,
    ProblemFile,
)
from tests.engines.routing.worlds import job, team
from tests.integrations.plan_files.models import any_of

KEPT = Path(__file__).resolve().parents[4] / "docs" / "plan.schema.json"
VALIDATOR = jsonschema_rs.validator_for(json_schema())
QUICK = settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def test_the_schema_in_the_docs_is_the_one_that_the_program_prints():
    """After a change of the model: ``dianliang plan --schema > docs/plan.schema.json``."""
    assert json.loads(KEPT.read_text(encoding="utf-8")) == json_schema()


@QUICK
@given(any_of(routing.Problem))
def test_every_problem_that_is_written_fits_the_schema(problem):
    VALIDATOR.validate(encoded(ProblemFile(schema=PROBLEM_SCHEMA, problem=problem)))


@QUICK
@given(any_of(routing.Plan))
def test_every_plan_that_is_written_fits_the_schema(plan):
    VALIDATOR.validate(encoded(PlanFile(schema=PLAN_SCHEMA, plan=plan)))


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("duration_s", 0),
        ("id", ""),
        ("due_at", "2026-11-24T15:00:00"),
        ("priority", "urgent"),
        ("windos", []),
        ("skills", ["a", "a"]),
    ],
)
def test_what_the_reading_refuses_does_not_fit_either(name, value):
    problem = routing.Problem(jobs=(job(),), teams=(team(),))
    whole = json.loads(problem_document(problem))
    assert VALIDATOR.is_valid(whole)

    whole["problem"]["jobs"][0][name] = value

    assert not VALIDATOR.is_valid(whole)
