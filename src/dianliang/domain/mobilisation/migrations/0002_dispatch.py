"""Requests know their incident; tasks and dispatches of an incident."""

import django.db.models.deletion
from django.apps.registry import Apps
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.models import Q

LONGEST = 200


def find_incidents(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Let requests refer to the incident whose number they hold; other words go to the purpose."""
    incident = apps.get_model("incidents", "Incident")
    request = apps.get_model("mobilisation", "ResourceRequest")
    if not request.objects.exists():
        return  # an empty database gets its tables at once, and has no old column
    known = dict(incident.objects.values_list("number", "pk"))
    for row in request.objects.exclude(incident_words=""):
        if row.incident_words in known:
            row.incident_id = known[row.incident_words]
        else:
            row.purpose = f"{row.purpose}（{row.incident_words}）"[:LONGEST]
        row.save(update_fields=["incident", "purpose"])
    schema_editor.connection.check_constraints()  # no column goes while references are unchecked


class Migration(migrations.Migration):
    dependencies = [
        ("incidents", "0002_incidents"),
        ("key_customers", "0001_initial"),
        ("mobilisation", "0001_initial"),
        ("resources", "0001_initial"),
        ("work", "0003_inspections_and_phone_keys"),
    ]

    operations = [
        migrations.RenameField("resourcerequest", "incident", "incident_words"),
        migrations.AddField(
            model_name="resourcerequest",
            name="incident",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="incidents.incident",
                verbose_name="事件",
            ),
        ),
        migrations.RunPython(find_incidents, migrations.RunPython.noop),
        migrations.RemoveField("resourcerequest", "incident_words"),
        migrations.CreateModel(
            name="Dispatch",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("words", models.CharField(max_length=200, verbose_name="说明")),
                ("is_what_if", models.BooleanField(default=False, verbose_name="推演")),
                (
                    "incident",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="dispatches",
                        to="incidents.incident",
                        verbose_name="事件",
                    ),
                ),
                (
                    "plan",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="dispatch",
                        to="work.plan",
                        verbose_name="计划",
                    ),
                ),
            ],
            options={
                "verbose_name": "抢险调度",
                "verbose_name_plural": "抢险调度",
                "ordering": ["-pk"],
                "constraints": [
                    models.CheckConstraint(condition=~Q(words=""), name="dispatch_words")
                ],
            },
        ),
        migrations.CreateModel(
            name="Task",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "rank",
                    models.CharField(
                        choices=[
                            ("special", "特级"),
                            ("first", "一级"),
                            ("second", "二级"),
                            ("temporary", "临时"),
                            ("other", "其他"),
                        ],
                        max_length=10,
                        verbose_name="等级",
                    ),
                ),
                ("worth", models.FloatField(verbose_name="漏做的代价（秒）")),
                ("quantity", models.PositiveSmallIntegerField(default=0, verbose_name="件数")),
                (
                    "least_capacity",
                    models.FloatField(blank=True, null=True, verbose_name="每件至少"),
                ),
                ("is_urgent", models.BooleanField(default=False, verbose_name="临时追加")),
                (
                    "customer",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="key_customers.keycustomer",
                        verbose_name="重要客户",
                    ),
                ),
                (
                    "incident",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="tasks",
                        to="incidents.incident",
                        verbose_name="事件",
                    ),
                ),
                (
                    "job",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="task",
                        to="work.job",
                        verbose_name="工单",
                    ),
                ),
                (
                    "kind",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="resources.resourcekind",
                        verbose_name="装备",
                    ),
                ),
            ],
            options={
                "verbose_name": "抢险任务",
                "verbose_name_plural": "抢险任务",
                "ordering": ["pk"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=Q(("customer__isnull", False), ("is_urgent", False)),
                        fields=("incident", "customer"),
                        name="task_once_per_customer",
                    ),
                    models.CheckConstraint(
                        condition=Q(
                            ("rank__in", ["special", "first", "second", "temporary", "other"])
                        ),
                        name="task_rank_known",
                    ),
                    models.CheckConstraint(condition=Q(("worth__gt", 0)), name="task_worth"),
                    models.CheckConstraint(
                        condition=Q(
                            Q(("kind", None), ("quantity", 0)),
                            Q(("kind__isnull", False), ("quantity__gt", 0)),
                            _connector="OR",
                        ),
                        name="task_gear_is_counted",
                    ),
                ],
            },
        ),
    ]
