"""An empty database gets at once what an old one gets step by step."""

import re
from functools import partial

import pytest
from django.core.management import call_command
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder
from django.db.migrations.state import ProjectState

TABLES = """
    SELECT table_name, column_name, data_type, character_maximum_length, is_nullable,
        column_default, is_identity
    FROM information_schema.columns WHERE table_schema = 'public'
"""
CONSTRAINTS = """
    SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid)
    FROM pg_constraint WHERE connamespace = 'public'::regnamespace
"""
INDEXES = "SELECT tablename, indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'"
TRIGGERS = """
    SELECT tgrelid::regclass::text, tgname, pg_get_triggerdef(oid)
    FROM pg_trigger WHERE NOT tgisinternal
"""
SCHEMA = {
    "sqlite": ["SELECT type, tbl_name, name, sql FROM sqlite_master WHERE sql IS NOT NULL"],
    "postgresql": [TABLES, CONSTRAINTS, INDEXES, TRIGGERS],
}
SHIPPED = (
    "SELECT app, name FROM django_migrations",
    "SELECT codename FROM auth_permission",
    "SELECT app_label, model FROM django_content_type",
)


def parts(sql):
    """Split the text of a table at its commas: columns that came later stand elsewhere in it."""
    head, _, body = sql.partition("(")
    found, depth, part = [], 0, ""
    for letter in body.rpartition(")")[0]:
        depth += (letter == "(") - (letter == ")")
        if letter == "," and not depth:
            found.append(part.strip())
            part = ""
        else:
            part += letter
    return head, *sorted([*found, part.strip()])


def comparable(cell):
    """Return what a cell says without the order of columns and the white space."""
    words = re.sub(r"\s+", " ", str(cell))
    return parts(words) if words.startswith("CREATE TABLE") else words


def told():
    """Return all that the database says of its tables, and the rows that come with them."""
    rows = set()
    with connection.cursor() as cursor:
        for query in (*SCHEMA[connection.vendor], *SHIPPED):
            cursor.execute(query)
            rows.update(tuple(comparable(cell) for cell in row) for row in cursor.fetchall())
    return rows


def add_model(state, model):
    """Add a model to a state of all migrations, and render it alone.

    Django renders all models anew that are related to it, over any number of relations: nine tenths
    of the time of a migration. None of them knows of the new one yet.
    """
    key = model.app_label, model.name_lower
    state.models[key] = model
    if state._relations is not None:
        state.resolve_model_relations(key)
    if "apps" in state.__dict__:
        state.apps.render_multiple([model])


def alone(change):
    """Return a change of one model, in a state of all migrations, that renders this model alone.

    Django renders all that are related to it, over any number of relations, for what migrations do
    by Python. Told that the state is delayed, it does so before such a step and for no other.
    """

    def render(state, app_label, model_name, delay=True):
        if "apps" in state.__dict__:
            state.is_delayed = True
            state.apps.unregister_model(app_label, model_name)
            state.apps.render_multiple([state.models[app_label, model_name]])

    def changed(state, *args):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(state, "reload_model", partial(render, state))
            change(state, *args)

    return changed


@pytest.mark.slow
@pytest.mark.migrations
@pytest.mark.django_db(transaction=True)
def test_an_empty_database_gets_the_tables_that_all_migrations_lead_to(grounds, monkeypatch):
    at_once = told()

    grounds.empty()
    MigrationRecorder(connection).ensure_schema()  # no longer empty, it is led through every step
    monkeypatch.setattr(ProjectState, "add_model", add_model)
    for name in ("add_field", "add_index", "add_constraint"):
        monkeypatch.setattr(ProjectState, name, alone(getattr(ProjectState, name)))
    call_command("migrate", verbosity=0)

    step_by_step = told()
    assert step_by_step - at_once == set()
    assert at_once - step_by_step == set()
