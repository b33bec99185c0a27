"""Firms, whose message it is, who is not to do it again; and ratings that nobody can change."""

import dianliang.core.fields
import django.db.models.deletion
from django.db import migrations, models


# Only the words may go, and only altogether, when a person has his data erased.
CHANGED = (
    "NOT (NEW.words = '' AND "
    + " AND ".join(
        f"NEW.{name} = OLD.{name}"
        for name in ("participant_id", "round", "stars", "rated_at", "unit_code", "team_code")
    )
    + ")"
)
FORWARD = {
    "sqlite": [
        "CREATE TRIGGER intake_rating_final BEFORE UPDATE ON intake_rating"
        f" WHEN {CHANGED}"
        " BEGIN SELECT RAISE(ABORT, 'a rating is never changed'); END"
    ],
    "postgresql": [
        "CREATE FUNCTION intake_rating_final() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
        " RAISE integrity_constraint_violation USING MESSAGE = 'a rating is never changed';"
        " END $$",
        "CREATE TRIGGER intake_rating_final BEFORE UPDATE ON intake_rating"
        f" FOR EACH ROW WHEN ({CHANGED}) EXECUTE FUNCTION intake_rating_final()",
    ],
}
BACKWARD = {
    "sqlite": ["DROP TRIGGER intake_rating_final"],
    "postgresql": [
        "DROP TRIGGER intake_rating_final ON intake_rating",
        "DROP FUNCTION intake_rating_final()",
    ],
}


def forward(apps, schema_editor):
    for statement in FORWARD[schema_editor.connection.vendor]:
        schema_editor.execute(statement)


def backward(apps, schema_editor):
    for statement in BACKWARD[schema_editor.connection.vendor]:
        schema_editor.execute(statement)


class Migration(migrations.Migration):
    dependencies = [
        ("intake", "0003_merges_and_shared_filters"),
    ]

    operations = [
        migrations.AddField(
            model_name="message",
            name="participant",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="intake.participant",
                verbose_name="诉求人",
            ),
        ),
        migrations.AddField(
            model_name="need",
            name="avoided_actor",
            field=models.CharField(blank=True, max_length=64, verbose_name="回避经办人"),
        ),
        migrations.AddField(
            model_name="participant",
            name="account_number",
            field=dianliang.core.fields.EncryptedTextField(blank=True, verbose_name="户号"),
        ),
        migrations.AddField(
            model_name="participant",
            name="firm",
            field=models.CharField(blank=True, max_length=80, verbose_name="单位名称"),
        ),
        migrations.RunPython(forward, backward),
    ]
