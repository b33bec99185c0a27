"""Tell what somebody looked at from what only went with accepting a need."""

from typing import Any

from django.db import migrations, models


def take_agreement_as_tacit(apps: Any, _editor: Any) -> None:
    """Take agreement from before as tacit: nothing tells any more who had looked."""
    decisions = apps.get_model("intake", "Decision").objects
    of_accepting = decisions.filter(aspect__in=("service", "unit", "urgency"))
    of_accepting.filter(chosen=models.F("proposed")).update(is_tacit=True)


class Migration(migrations.Migration):
    dependencies = [("intake", "0008_facility_owner")]

    operations = [
        migrations.AddField(
            model_name="decision",
            name="is_tacit",
            field=models.BooleanField(
                default=False,
                help_text="只点了受理，没有单独确认这一项：不说明有人核对过。",
                verbose_name="随受理采纳",
            ),
        ),
        migrations.RunPython(take_agreement_as_tacit, migrations.RunPython.noop),
    ]
