import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("core", "0007_audit_filters"),
        ("directory", "0004_agreements_and_powers"),
    ]

    operations = [
        migrations.CreateModel(
            name="PolicyList",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.CharField(max_length=24, unique=True, verbose_name="清单编号")),
                ("title", models.CharField(max_length=80, verbose_name="名称")),
                ("short_name", models.CharField(max_length=20, verbose_name="简称")),
                (
                    "unit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="directory.unit",
                        verbose_name="牵头单位",
                    ),
                ),
                ("source", models.CharField(max_length=80, verbose_name="发文单位")),
                (
                    "document_number",
                    models.CharField(blank=True, max_length=60, verbose_name="文号"),
                ),
                ("issued_on", models.DateField(verbose_name="发文日期")),
                ("link", models.URLField(blank=True, max_length=300, verbose_name="原文网址")),
                (
                    "file",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="core.storedfile",
                        verbose_name="原文",
                    ),
                ),
                ("created_by", models.CharField(max_length=64, verbose_name="登记人")),
                ("created_at", models.DateTimeField(verbose_name="登记时间")),
                ("is_generated", models.BooleanField(default=False, verbose_name="演示数据")),
            ],
            options={
                "verbose_name": "政策清单",
                "verbose_name_plural": "政策清单",
                "ordering": ["-issued_on", "-pk"],
                "indexes": [],
                "constraints": [],
            },
        ),
        migrations.CreateModel(
            name="PolicyEdition",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "policy",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="editions",
                        to="policies.policylist",
                        verbose_name="清单",
                    ),
                ),
                ("serial", models.PositiveSmallIntegerField(verbose_name="版本")),
                ("words", models.CharField(blank=True, max_length=300, verbose_name="修订说明")),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("DRAFT", "起草中"),
                            ("PUBLISHED", "已发布"),
                            ("SUPERSEDED", "已被新版替代"),
                            ("DROPPED", "已放弃"),
                        ],
                        default="DRAFT",
                        max_length=12,
                        verbose_name="状态",
                    ),
                ),
                ("drafted_by", models.CharField(max_length=64, verbose_name="起草人")),
                (
                    "published_by",
                    models.CharField(blank=True, max_length=64, verbose_name="发布人"),
                ),
                (
                    "published_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="发布时间"),
                ),
            ],
            options={
                "verbose_name": "政策清单版本",
                "verbose_name_plural": "政策清单版本",
                "ordering": ["policy", "-serial"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("status__in", ["DRAFT", "PUBLISHED", "SUPERSEDED", "DROPPED"])
                        ),
                        name="policy_edition_status_known",
                    ),
                    models.UniqueConstraint(
                        fields=("policy", "serial"), name="policy_edition_once"
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("status", "DRAFT")),
                        fields=("policy",),
                        name="policy_one_draft",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("status", "PUBLISHED")),
                        fields=("policy",),
                        name="policy_one_in_force",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("published_at__isnull", False),
                                ("status__in", ["PUBLISHED", "SUPERSEDED"]),
                            ),
                            models.Q(("published_at", None), ("status__in", ["DRAFT", "DROPPED"])),
                            _connector="OR",
                        ),
                        name="policy_published_at_iff_published",
                    ),
                ],
                "indexes": [],
            },
        ),
        migrations.CreateModel(
            name="Measure",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "edition",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="measures",
                        to="policies.policyedition",
                        verbose_name="版本",
                    ),
                ),
                ("key", models.CharField(max_length=32, verbose_name="条目标识")),
                ("position", models.PositiveSmallIntegerField(verbose_name="第几条")),
                ("title", models.CharField(max_length=120, verbose_name="措施")),
                ("words", models.TextField(blank=True, max_length=1000, verbose_name="内容")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("done", "是否完成"),
                            ("quantity", "完成数量"),
                            ("counted", "按系统记录"),
                        ],
                        max_length=8,
                        verbose_name="完成口径",
                    ),
                ),
                ("counts", models.CharField(blank=True, max_length=8, verbose_name="记录来源")),
                ("narrows", models.CharField(blank=True, max_length=40, verbose_name="记录条件")),
                ("unit_word", models.CharField(blank=True, max_length=12, verbose_name="计量单位")),
                (
                    "least",
                    models.PositiveIntegerField(blank=True, null=True, verbose_name="目标数量"),
                ),
                ("due_on", models.DateField(verbose_name="完成期限")),
            ],
            options={
                "verbose_name": "政策措施",
                "verbose_name_plural": "政策措施",
                "ordering": ["edition", "position"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("edition", "position"), name="policy_measure_place"
                    ),
                    models.UniqueConstraint(fields=("edition", "key"), name="policy_measure_key"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("counts", ""), ("kind", "done"), ("least", None), ("unit_word", "")
                            ),
                            models.Q(
                                ("counts", ""),
                                ("kind", "quantity"),
                                ("least__gt", 0),
                                models.Q(("unit_word", ""), _negated=True),
                            ),
                            models.Q(
                                ("counts__in", ("needs", "visits", "reached")),
                                ("kind", "counted"),
                                ("least__gt", 0),
                                models.Q(("unit_word", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="policy_measure_fits_its_kind",
                    ),
                ],
                "indexes": [],
            },
        ),
        migrations.CreateModel(
            name="PolicyDuty",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.CharField(max_length=24, unique=True, verbose_name="任务编号")),
                (
                    "policy",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="duties",
                        to="policies.policylist",
                        verbose_name="清单",
                    ),
                ),
                (
                    "measure",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="duties",
                        to="policies.measure",
                        verbose_name="措施",
                    ),
                ),
                ("key", models.CharField(max_length=32, verbose_name="条目标识")),
                (
                    "unit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="policy_duties",
                        to="directory.unit",
                        verbose_name="责任单位",
                    ),
                ),
                ("due_on", models.DateField(verbose_name="完成期限")),
                (
                    "least",
                    models.PositiveIntegerField(blank=True, null=True, verbose_name="目标数量"),
                ),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("OPEN", "待落实"),
                            ("REPORTED", "待审核"),
                            ("DONE", "已落实"),
                            ("CANCELLED", "已取消"),
                        ],
                        default="OPEN",
                        max_length=12,
                        verbose_name="状态",
                    ),
                ),
                (
                    "quantity",
                    models.PositiveIntegerField(blank=True, null=True, verbose_name="完成数量"),
                ),
                ("records", models.JSONField(blank=True, default=list, verbose_name="依据记录")),
                (
                    "reported_by",
                    models.CharField(blank=True, max_length=64, verbose_name="报送账号"),
                ),
                (
                    "reported_name",
                    models.CharField(blank=True, max_length=64, verbose_name="报送人"),
                ),
                (
                    "reported_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="报送时间"),
                ),
                ("decided_by", models.CharField(blank=True, max_length=64, verbose_name="审核人")),
                ("done_on", models.DateField(blank=True, null=True, verbose_name="完成日期")),
                (
                    "done_under",
                    models.PositiveSmallIntegerField(
                        blank=True, null=True, verbose_name="完成时版本"
                    ),
                ),
                ("is_generated", models.BooleanField(default=False, verbose_name="演示数据")),
                (
                    "helpers",
                    models.ManyToManyField(
                        blank=True,
                        related_name="helped_policies",
                        to="directory.unit",
                        verbose_name="配合单位",
                    ),
                ),
            ],
            options={
                "verbose_name": "落实任务",
                "verbose_name_plural": "落实任务",
                "ordering": ["policy", "measure__position", "unit__path"],
                "indexes": [
                    models.Index(fields=["policy", "status", "due_on"], name="policy_duty_matrix"),
                    models.Index(fields=["unit", "status", "due_on"], name="policy_duty_of_unit"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("status__in", ["OPEN", "REPORTED", "DONE", "CANCELLED"])
                        ),
                        name="policy_duty_status_known",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("status", "CANCELLED"), _negated=True),
                        fields=("policy", "key", "unit"),
                        name="policy_duty_of_a_unit_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("done_on__isnull", False),
                                ("done_under__isnull", False),
                                ("status", "DONE"),
                            ),
                            models.Q(
                                models.Q(("status", "DONE"), _negated=True),
                                ("done_on", None),
                                ("done_under", None),
                            ),
                            _connector="OR",
                        ),
                        name="policy_done_on_iff_done",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("reported_at__isnull", False), ("status__in", ["REPORTED", "DONE"])
                            ),
                            ("status__in", ["OPEN", "CANCELLED"]),
                            _connector="OR",
                        ),
                        name="policy_done_was_reported",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="PolicyEvidence",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "duty",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="evidence",
                        to="policies.policyduty",
                        verbose_name="任务",
                    ),
                ),
                ("words", models.CharField(max_length=300, verbose_name="说明")),
                (
                    "quantity",
                    models.PositiveIntegerField(blank=True, null=True, verbose_name="数量"),
                ),
                (
                    "record_kind",
                    models.CharField(blank=True, max_length=24, verbose_name="记录类别"),
                ),
                (
                    "record_number",
                    models.CharField(blank=True, max_length=40, verbose_name="记录编号"),
                ),
                (
                    "file",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="core.storedfile",
                        verbose_name="文件",
                    ),
                ),
                ("added_by", models.CharField(max_length=64, verbose_name="登记人")),
                ("added_at", models.DateTimeField(verbose_name="登记时间")),
                (
                    "withdrawn_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="撤回时间"),
                ),
            ],
            options={
                "verbose_name": "落实佐证",
                "verbose_name_plural": "落实佐证",
                "ordering": ["duty", "pk"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("withdrawn_at", None),
                            ("withdrawn_at__gte", models.F("added_at")),
                            _connector="OR",
                        ),
                        name="policy_evidence_withdrawn_later",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(
                            ("withdrawn_at", None), models.Q(("record_number", ""), _negated=True)
                        ),
                        fields=("duty", "record_kind", "record_number"),
                        name="policy_evidence_record_once",
                    ),
                ],
                "indexes": [],
            },
        ),
    ]
