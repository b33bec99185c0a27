"""Whether this process can serve: for load balancers and supervisors, not for people."""

from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor


def missing_migrations() -> int:
    """Return how many changes of the database's structure have not been made."""
    executor = MigrationExecutor(connection)
    return len(executor.migration_plan(executor.loader.graph.leaf_nodes()))


def is_ready() -> bool:
    """Tell whether the database answers and holds our tables."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1 FROM core_auditevent LIMIT 1")
    except DatabaseError:
        return False
    return True
