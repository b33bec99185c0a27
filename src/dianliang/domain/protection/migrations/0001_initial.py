import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("directory", "0004_agreements_and_powers"),
        ("key_customers", "0001_initial"),
        ("network", "0001_initial"),
        ("rosters", "0001_initial"),
        ("venues", "0004_booking"),
        ("work", "0003_inspections_and_phone_keys"),
        ("workforce", "0005_people_roles_and_merging"),
    ]

    operations = [
        migrations.CreateModel(
            name="Event",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.CharField(max_length=24, unique=True, verbose_name="保电编号")),
                ("title", models.CharField(max_length=60, verbose_name="名称")),
                (
                    "level",
                    models.CharField(
                        choices=[
                            ("special", "特级"),
                            ("first", "一级"),
                            ("second", "二级"),
                            ("third", "三级"),
                        ],
                        max_length=8,
                        verbose_name="保电等级",
                    ),
                ),
                ("starts_at", models.DateTimeField(verbose_name="开始")),
                ("ends_at", models.DateTimeField(verbose_name="结束")),
                ("demand", models.CharField(blank=True, max_length=200, verbose_name="保电要求")),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("DRAFT", "编制方案"),
                            ("READY", "方案已发布"),
                            ("RUNNING", "保电中"),
                            ("ENDED", "待总结"),
                            ("REVIEWED", "已总结"),
                            ("CANCELLED", "已取消"),
                        ],
                        default="DRAFT",
                        max_length=10,
                        verbose_name="状态",
                    ),
                ),
                ("created_by", models.CharField(max_length=64, verbose_name="编制人")),
                ("created_at", models.DateTimeField(verbose_name="编制时间")),
                ("lessons", models.TextField(blank=True, verbose_name="总结")),
                ("figures", models.JSONField(blank=True, default=dict, verbose_name="总结数字")),
                ("reviewed_by", models.CharField(blank=True, max_length=64, verbose_name="总结人")),
                (
                    "reviewed_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="总结时间"),
                ),
                (
                    "unit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="directory.unit",
                        verbose_name="单位",
                    ),
                ),
            ],
            options={
                "verbose_name": "保电活动",
                "verbose_name_plural": "保电活动",
                "ordering": ["-starts_at", "-pk"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "status__in",
                                ["DRAFT", "READY", "RUNNING", "ENDED", "REVIEWED", "CANCELLED"],
                            )
                        ),
                        name="guarded_status_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("level__in", ["special", "first", "second", "third"])),
                        name="guarded_level_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("ends_at__gt", models.F("starts_at"))),
                        name="guarded_period",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("lessons__gt", ""),
                                ("reviewed_at__isnull", False),
                                ("status", "REVIEWED"),
                            ),
                            models.Q(
                                models.Q(("status", "REVIEWED"), _negated=True),
                                ("reviewed_at", None),
                            ),
                            _connector="OR",
                        ),
                        name="guarded_reviewed_with_lessons",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Duty",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("post", models.CharField(max_length=24, verbose_name="岗位")),
                (
                    "roster",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="rosters.roster",
                        verbose_name="值班表",
                    ),
                ),
                (
                    "event",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="duties",
                        to="protection.event",
                        verbose_name="保电活动",
                    ),
                ),
            ],
            options={
                "verbose_name": "值守岗位",
                "verbose_name_plural": "值守岗位",
                "ordering": ["post", "pk"],
                "constraints": [
                    models.UniqueConstraint(fields=("event", "roster"), name="guarded_roster_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="Hall",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
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
                    "event",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="halls",
                        to="protection.event",
                        verbose_name="保电活动",
                    ),
                ),
                (
                    "site",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="venues.site",
                        verbose_name="场所",
                    ),
                ),
            ],
            options={
                "verbose_name": "保电场所",
                "verbose_name_plural": "保电场所",
                "ordering": ["pk"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("customer", None), ("site__isnull", False)),
                            models.Q(("customer__isnull", False), ("site", None)),
                            _connector="OR",
                        ),
                        name="guarded_hall_is_one_place",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("customer__isnull", False)),
                        fields=("event", "customer"),
                        name="guarded_hall_customer_once",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("site__isnull", False)),
                        fields=("event", "site"),
                        name="guarded_hall_site_once",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Equipment",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("is_main", models.BooleanField(default=False, verbose_name="主供")),
                (
                    "feeder",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="network.feeder",
                        verbose_name="线路",
                    ),
                ),
                (
                    "transformer",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="network.transformer",
                        verbose_name="变压器",
                    ),
                ),
                (
                    "event",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="equipment",
                        to="protection.event",
                        verbose_name="保电活动",
                    ),
                ),
                (
                    "hall",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="equipment",
                        to="protection.hall",
                        verbose_name="保电场所",
                    ),
                ),
            ],
            options={
                "verbose_name": "保电设备",
                "verbose_name_plural": "保电设备",
                "ordering": ["hall", "-is_main", "pk"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("feeder", None), ("transformer__isnull", False)),
                            models.Q(("feeder__isnull", False), ("transformer", None)),
                            _connector="OR",
                        ),
                        name="guarded_equipment_is_one_thing",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("feeder__isnull", False)),
                        fields=("hall", "feeder"),
                        name="guarded_line_once",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("transformer__isnull", False)),
                        fields=("hall", "transformer"),
                        name="guarded_transformer_once",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="LogEntry",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.CharField(max_length=24, unique=True, verbose_name="日志编号")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("shift", "交接班"),
                            ("patrol", "巡视"),
                            ("defect", "缺陷"),
                            ("trouble", "异常"),
                            ("action", "处置"),
                            ("other", "其他"),
                        ],
                        max_length=8,
                        verbose_name="类别",
                    ),
                ),
                ("happened_at", models.DateTimeField(verbose_name="发生时间")),
                ("words", models.CharField(max_length=300, verbose_name="内容")),
                ("recorded_at", models.DateTimeField(verbose_name="登记时间")),
                ("recorded_by", models.CharField(max_length=64, verbose_name="登记人")),
                (
                    "corrects",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="corrected_by",
                        to="protection.logentry",
                        verbose_name="更正",
                    ),
                ),
                (
                    "event",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="log",
                        to="protection.event",
                        verbose_name="保电活动",
                    ),
                ),
                (
                    "hall",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="protection.hall",
                        verbose_name="场所",
                    ),
                ),
            ],
            options={
                "verbose_name": "保电日志",
                "verbose_name_plural": "保电日志",
                "ordering": ["-happened_at", "-pk"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "kind__in",
                                ["shift", "patrol", "defect", "trouble", "action", "other"],
                            )
                        ),
                        name="guarded_log_kind_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("words", ""), _negated=True),
                        name="guarded_log_has_words",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Patrol",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "event",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="patrols",
                        to="protection.event",
                        verbose_name="保电活动",
                    ),
                ),
                (
                    "feeder",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="network.feeder",
                        verbose_name="线路",
                    ),
                ),
                (
                    "hall",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="patrols",
                        to="protection.hall",
                        verbose_name="场所",
                    ),
                ),
                (
                    "job",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="guard_patrol",
                        to="work.job",
                        verbose_name="工单",
                    ),
                ),
                (
                    "transformer",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="network.transformer",
                        verbose_name="变压器",
                    ),
                ),
            ],
            options={
                "verbose_name": "特巡",
                "verbose_name_plural": "特巡",
                "ordering": ["pk"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("feeder", None), ("hall__isnull", False), ("transformer", None)
                            ),
                            models.Q(
                                ("feeder__isnull", False), ("hall", None), ("transformer", None)
                            ),
                            models.Q(
                                ("feeder", None), ("hall", None), ("transformer__isnull", False)
                            ),
                            _connector="OR",
                        ),
                        name="guarded_patrol_of_one_thing",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Standby",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("starts_at", models.DateTimeField(verbose_name="开始")),
                ("ends_at", models.DateTimeField(verbose_name="结束")),
                ("gear", models.CharField(blank=True, max_length=80, verbose_name="装备")),
                (
                    "event",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="standbys",
                        to="protection.event",
                        verbose_name="保电活动",
                    ),
                ),
                (
                    "hall",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="standbys",
                        to="protection.hall",
                        verbose_name="场所",
                    ),
                ),
                (
                    "team",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="workforce.team",
                        verbose_name="队伍",
                    ),
                ),
            ],
            options={
                "verbose_name": "驻守",
                "verbose_name_plural": "驻守",
                "ordering": ["hall", "starts_at"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("ends_at__gt", models.F("starts_at"))),
                        name="guarded_standby_period",
                    )
                ],
            },
        ),
    ]
