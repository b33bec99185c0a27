"""Make the tables of an empty database at once, instead of by way of every migration before today.

Migrating renders all models anew for every step of every migration; for the first start of an
installation the way does not matter, only where it leads.
"""

from collections.abc import Iterator

from django.apps import apps
from django.db import router
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.operations import RunPython, RunSQL
from django.db.migrations.recorder import MigrationRecorder
from django.db.migrations.state import ProjectState
from django.db.models import BigAutoField, Model


def is_empty(connection: BaseDatabaseWrapper) -> bool:
    """Tell whether a database has no table at all."""
    return not connection.introspection.table_names()


def make_all(connection: BaseDatabaseWrapper) -> None:
    """Make every table of an empty database and note all migrations as applied: all or nothing.

    What migrations do by Python or SQL of their own, such as indexes for search and triggers, is
    done in their order, once the tables are there.
    """
    executor = MigrationExecutor(connection)
    plan = [step for step, _ in executor.migration_plan(executor.loader.graph.leaf_nodes())]
    applied = MigrationRecorder(connection).Migration
    today = ProjectState.from_apps(apps)
    with connection.schema_editor() as editor:
        editor.create_model(applied)
        for model in _models(executor.loader.migrated_apps, connection):
            editor.create_model(model)
            _widen_keys(model, editor)
        for step in plan:
            for operation in step.operations:
                if isinstance(operation, RunPython | RunSQL):
                    operation.database_forwards(step.app_label, editor, today, today)
        applied.objects.using(connection.alias).bulk_create(
            applied(app=step.app_label, name=step.name) for step in plan
        )


def _widen_keys(model: type[Model], editor: BaseDatabaseSchemaEditor) -> None:
    """Give tables between two models the keys that migrations give them.

    A migration knows the default of the settings alone, and not that an app such as `auth` has a
    narrower one of its own.
    """
    for field in model._meta.local_many_to_many:
        between = field.remote_field.through
        wide = BigAutoField(primary_key=True)
        if between is None or not between._meta.auto_created:
            continue
        narrow = between._meta.pk
        if wide.db_type(editor.connection) != narrow.db_type(editor.connection):
            wide.model = between
            wide.set_attributes_from_name(narrow.name)
            editor.alter_field(between, narrow, wide)


def _models(migrated: set[str], connection: BaseDatabaseWrapper) -> Iterator[type[Model]]:
    for config in apps.get_app_configs():
        if config.label in migrated:
            for model in router.get_migratable_models(config, connection.alias):
                if model._meta.can_migrate(connection):
                    yield model
