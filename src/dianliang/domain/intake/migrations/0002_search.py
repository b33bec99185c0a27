"""Full-text index over needs: FTS5 on SQLite, tsvector with GIN on PostgreSQL."""

from django.db import migrations

FORWARD = {
    "sqlite": [
        "CREATE VIRTUAL TABLE intake_search USING fts5(pairs, singles, tokenize = 'unicode61')"
    ],
    "postgresql": [
        "CREATE TABLE intake_search (rowid bigint PRIMARY KEY,"
        " pairs tsvector NOT NULL, singles tsvector NOT NULL)",
        "CREATE INDEX intake_search_pairs ON intake_search USING gin (pairs)",
        "CREATE INDEX intake_search_singles ON intake_search USING gin (singles)",
    ],
}


def forward(apps, schema_editor):
    for statement in FORWARD[schema_editor.connection.vendor]:
        schema_editor.execute(statement)


def backward(apps, schema_editor):
    schema_editor.execute("DROP TABLE intake_search")


class Migration(migrations.Migration):
    dependencies = [("intake", "0001_initial")]
    operations = [migrations.RunPython(forward, backward)]
