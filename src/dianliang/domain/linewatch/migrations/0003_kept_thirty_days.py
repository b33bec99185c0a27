from django.db import migrations, models

MOST_KEPT_DAYS = 30


def shorten(apps, schema_editor):
    """Keep pictures as long as the rule in force has said for some time: thirty days at most."""
    versions = apps.get_model("linewatch", "RuleVersion").objects
    versions.filter(retention_days__gt=MOST_KEPT_DAYS).update(retention_days=MOST_KEPT_DAYS)


class Migration(migrations.Migration):
    dependencies = [("linewatch", "0002_speakers_misses")]

    operations = [
        migrations.RunPython(shorten, migrations.RunPython.noop),
        migrations.RemoveConstraint(model_name="ruleversion", name="watch_rules_retention"),
        migrations.AddConstraint(
            model_name="ruleversion",
            constraint=models.CheckConstraint(
                condition=models.Q(("retention_days__range", (1, MOST_KEPT_DAYS))),
                name="watch_rules_retention",
            ),
        ),
    ]
