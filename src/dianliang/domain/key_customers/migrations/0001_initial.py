import dianliang.core.fields
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("catalog", "0007_follow_records"),
        ("core", "0007_audit_filters"),
        ("directory", "0004_agreements_and_powers"),
        ("network", "0001_initial"),
        ("territory", "0003_place_names"),
    ]

    operations = [
        migrations.CreateModel(
            name="KeyCustomer",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "number",
                    models.CharField(max_length=24, unique=True, verbose_name="重要客户编号"),
                ),
                ("name", models.CharField(max_length=80, verbose_name="名称")),
                (
                    "grade",
                    models.CharField(
                        choices=[
                            ("special", "特级"),
                            ("first", "一级"),
                            ("second", "二级"),
                            ("temporary", "临时"),
                        ],
                        max_length=10,
                        verbose_name="等级",
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("hospital", "医院"),
                            ("pump_station", "排灌泵站"),
                            ("shelter", "避灾安置点"),
                            ("exam_hall", "考点"),
                            ("communication", "通信"),
                            ("water_works", "供水"),
                            ("government", "党政机关"),
                            ("rail", "铁路与轨道交通"),
                            ("media", "广播电视与新闻"),
                            ("gas", "供气与供热"),
                            ("rescue", "消防与救援"),
                            ("hazardous", "危险化学品与矿山"),
                            ("venue", "大型活动场所"),
                            ("other", "其他"),
                        ],
                        max_length=16,
                        verbose_name="类别",
                    ),
                ),
                ("begins_on", models.DateField(blank=True, null=True, verbose_name="临时起始日")),
                ("ends_on", models.DateField(blank=True, null=True, verbose_name="临时截止日")),
                ("address", models.CharField(blank=True, max_length=200, verbose_name="地址")),
                ("lat", models.FloatField(blank=True, null=True, verbose_name="纬度")),
                ("lon", models.FloatField(blank=True, null=True, verbose_name="经度")),
                (
                    "tie_in",
                    models.CharField(
                        choices=[
                            ("unknown", "未核实"),
                            ("ready", "接口具备"),
                            ("missing", "接口不具备"),
                        ],
                        default="unknown",
                        max_length=10,
                        verbose_name="应急电源接口",
                    ),
                ),
                (
                    "cable_m",
                    models.PositiveIntegerField(
                        blank=True, null=True, verbose_name="所需电缆（米）"
                    ),
                ),
                ("plug", models.CharField(blank=True, max_length=40, verbose_name="接头型式")),
                (
                    "contact",
                    dianliang.core.fields.EncryptedTextField(blank=True, verbose_name="联系人"),
                ),
                (
                    "phone",
                    dianliang.core.fields.EncryptedTextField(blank=True, verbose_name="联系电话"),
                ),
                (
                    "phone_index",
                    models.CharField(
                        blank=True, db_index=True, max_length=64, verbose_name="电话索引"
                    ),
                ),
                ("note", models.CharField(blank=True, max_length=200, verbose_name="备注")),
                ("removed_on", models.DateField(blank=True, null=True, verbose_name="移出日期")),
                ("is_generated", models.BooleanField(default=False, verbose_name="演示数据")),
                (
                    "area",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="key_customers",
                        to="territory.area",
                        verbose_name="所在区域",
                    ),
                ),
                (
                    "checklist",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="catalog.checklist",
                        verbose_name="检查清单",
                    ),
                ),
                (
                    "unit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="directory.unit",
                        verbose_name="责任单位",
                    ),
                ),
            ],
            options={
                "verbose_name": "重要客户",
                "verbose_name_plural": "重要客户",
                "ordering": ["number"],
                "indexes": [
                    models.Index(fields=["unit", "grade", "number"], name="key_customer_of_unit"),
                    models.Index(fields=["area"], name="key_customer_of_area"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("grade__in", ["special", "first", "second", "temporary"])
                        ),
                        name="key_customer_grade_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "kind__in",
                                [
                                    "hospital",
                                    "pump_station",
                                    "shelter",
                                    "exam_hall",
                                    "communication",
                                    "water_works",
                                    "government",
                                    "rail",
                                    "media",
                                    "gas",
                                    "rescue",
                                    "hazardous",
                                    "venue",
                                    "other",
                                ],
                            )
                        ),
                        name="key_customer_kind_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("begins_on__isnull", False),
                                ("ends_on__gt", models.F("begins_on")),
                                ("grade", "temporary"),
                            ),
                            models.Q(
                                models.Q(("grade", "temporary"), _negated=True),
                                ("begins_on", None),
                                ("ends_on", None),
                            ),
                            _connector="OR",
                        ),
                        name="key_customer_period_iff_temporary",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("tie_in__in", ["unknown", "ready", "missing"])),
                        name="key_customer_tie_in_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("lat", None), ("lon", None)),
                            models.Q(("lat__range", (-90, 90)), ("lon__range", (-180, 180))),
                            _connector="OR",
                        ),
                        name="key_customer_on_earth",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="GradeDecision",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "grade",
                    models.CharField(
                        choices=[
                            ("special", "特级"),
                            ("first", "一级"),
                            ("second", "二级"),
                            ("temporary", "临时"),
                        ],
                        max_length=10,
                        verbose_name="等级",
                    ),
                ),
                ("begins_on", models.DateField(blank=True, null=True, verbose_name="临时起始日")),
                ("ends_on", models.DateField(blank=True, null=True, verbose_name="临时截止日")),
                ("decided_on", models.DateField(blank=True, null=True, verbose_name="认定日期")),
                (
                    "document",
                    models.CharField(blank=True, max_length=120, verbose_name="认定文号或依据"),
                ),
                ("recorded_at", models.DateTimeField(verbose_name="登记时间")),
                ("recorded_by", models.CharField(max_length=64, verbose_name="登记人")),
                (
                    "customer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="decisions",
                        to="key_customers.keycustomer",
                        verbose_name="重要客户",
                    ),
                ),
            ],
            options={
                "verbose_name": "等级认定",
                "verbose_name_plural": "等级认定",
                "ordering": ["-pk"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("grade__in", ["special", "first", "second", "temporary"])
                        ),
                        name="key_decision_grade_known",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Feed",
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
                    "customer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="feeds",
                        to="key_customers.keycustomer",
                        verbose_name="重要客户",
                    ),
                ),
            ],
            options={
                "verbose_name": "供电电源",
                "verbose_name_plural": "供电电源",
                "ordering": ["-is_main", "pk"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("feeder", None), ("transformer__isnull", False)),
                            models.Q(("feeder__isnull", False), ("transformer", None)),
                            _connector="OR",
                        ),
                        name="key_feed_of_one_thing",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("is_main", True)),
                        fields=("customer",),
                        name="key_feed_one_main",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("feeder__isnull", False)),
                        fields=("customer", "feeder"),
                        name="key_feed_line_once",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("transformer__isnull", False)),
                        fields=("customer", "transformer"),
                        name="key_feed_transformer_once",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="OwnSupply",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("diesel", "柴油发电机"),
                            ("gas", "燃气发电机"),
                            ("ups", "UPS 不间断电源"),
                            ("eps", "EPS 应急电源"),
                            ("storage", "储能"),
                            ("other", "其他"),
                        ],
                        max_length=10,
                        verbose_name="类别",
                    ),
                ),
                ("power_kva", models.FloatField(blank=True, null=True, verbose_name="容量（kVA）")),
                ("power_kw", models.FloatField(blank=True, null=True, verbose_name="功率（kW）")),
                (
                    "autonomy_h",
                    models.FloatField(blank=True, null=True, verbose_name="可持续（小时）"),
                ),
                ("tested_on", models.DateField(blank=True, null=True, verbose_name="上次试验")),
                (
                    "customer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="supplies",
                        to="key_customers.keycustomer",
                        verbose_name="重要客户",
                    ),
                ),
            ],
            options={
                "verbose_name": "自备应急电源",
                "verbose_name_plural": "自备应急电源",
                "ordering": ["pk"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("kind__in", ["diesel", "gas", "ups", "eps", "storage", "other"])
                        ),
                        name="key_supply_kind_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("power_kva__gt", 0), ("power_kw__gt", 0), _connector="OR"
                        ),
                        name="key_supply_has_power",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("autonomy_h", None), ("autonomy_h__gte", 0), _connector="OR"
                        ),
                        name="key_supply_autonomy",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Watch",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.CharField(max_length=24, unique=True, verbose_name="跟踪编号")),
                ("title", models.CharField(max_length=80, verbose_name="名称")),
                (
                    "occasion_kind",
                    models.CharField(
                        choices=[
                            ("outage", "停电"),
                            ("incident", "应急事件"),
                            ("alert", "预警"),
                            ("event", "重大活动保电"),
                            ("exercise", "演练"),
                        ],
                        max_length=10,
                        verbose_name="事由",
                    ),
                ),
                (
                    "occasion_number",
                    models.CharField(blank=True, max_length=24, verbose_name="事由编号"),
                ),
                ("starts_at", models.DateTimeField(verbose_name="开始时间")),
                ("ends_at", models.DateTimeField(blank=True, null=True, verbose_name="结束时间")),
                (
                    "status",
                    models.CharField(
                        choices=[("OPEN", "跟踪中"), ("CLOSED", "已结束")],
                        default="OPEN",
                        max_length=8,
                        verbose_name="状态",
                    ),
                ),
                ("opened_by", models.CharField(max_length=64, verbose_name="开立人")),
                ("opened_at", models.DateTimeField(verbose_name="开立时间")),
                ("is_generated", models.BooleanField(default=False, verbose_name="演示数据")),
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
                "verbose_name": "供电跟踪",
                "verbose_name_plural": "供电跟踪",
                "ordering": ["-starts_at", "-pk"],
                "indexes": [
                    models.Index(
                        fields=["occasion_kind", "occasion_number"], name="key_watch_occasion"
                    )
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("status__in", ["OPEN", "CLOSED"])),
                        name="key_watch_status_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("ends_at", None), ("status", "OPEN")),
                            models.Q(("ends_at__gt", models.F("starts_at")), ("status", "CLOSED")),
                            _connector="OR",
                        ),
                        name="key_watch_ends_iff_closed",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "occasion_kind__in",
                                ["outage", "incident", "alert", "event", "exercise"],
                            )
                        ),
                        name="key_watch_occasion_known",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Watched",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("added_at", models.DateTimeField(verbose_name="列入时间")),
                ("added_by", models.CharField(max_length=64, verbose_name="列入人")),
                (
                    "customer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="watched",
                        to="key_customers.keycustomer",
                        verbose_name="重要客户",
                    ),
                ),
                (
                    "watch",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="watched",
                        to="key_customers.watch",
                        verbose_name="供电跟踪",
                    ),
                ),
            ],
            options={
                "verbose_name": "跟踪对象",
                "verbose_name_plural": "跟踪对象",
                "constraints": [
                    models.UniqueConstraint(fields=("watch", "customer"), name="key_watched_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="SupplyReport",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.CharField(max_length=24, unique=True, verbose_name="情况编号")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("normal", "电网供电"),
                            ("lost", "失电"),
                            ("own", "自备电源供电"),
                            ("tied", "应急电源供电"),
                        ],
                        max_length=8,
                        verbose_name="供电状态",
                    ),
                ),
                ("happened_at", models.DateTimeField(verbose_name="发生时间")),
                ("generator", models.CharField(blank=True, max_length=40, verbose_name="应急电源")),
                (
                    "reporter",
                    dianliang.core.fields.EncryptedTextField(blank=True, verbose_name="报告人"),
                ),
                ("words", models.CharField(blank=True, max_length=200, verbose_name="说明")),
                ("is_withdrawn", models.BooleanField(default=False, verbose_name="撤回")),
                ("reported_at", models.DateTimeField(verbose_name="登记时间")),
                ("recorded_by", models.CharField(max_length=64, verbose_name="登记人")),
                (
                    "corrects",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="corrected_by",
                        to="key_customers.supplyreport",
                        verbose_name="更正",
                    ),
                ),
                (
                    "evidence",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="core.storedfile",
                        verbose_name="照片",
                    ),
                ),
                (
                    "watched",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="reports",
                        to="key_customers.watched",
                        verbose_name="跟踪对象",
                    ),
                ),
            ],
            options={
                "verbose_name": "供电情况",
                "verbose_name_plural": "供电情况",
                "ordering": ["pk"],
                "indexes": [
                    models.Index(fields=["watched", "happened_at"], name="key_report_in_order")
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ["normal", "lost", "own", "tied"])),
                        name="key_report_state_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("generator__gt", ""), ("state", "tied")),
                            models.Q(models.Q(("state", "tied"), _negated=True), ("generator", "")),
                            _connector="OR",
                        ),
                        name="key_report_generator_iff_tied",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("is_withdrawn", False), ("corrects__isnull", False), _connector="OR"
                        ),
                        name="key_report_withdraws_another",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("corrects", None),
                            models.Q(("words", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="key_report_correction_says_why",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="BroughtTable",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.CharField(max_length=24, unique=True, verbose_name="导入编号")),
                ("name", models.CharField(max_length=120, verbose_name="文件名")),
                ("body", dianliang.core.fields.EncryptedTextField(blank=True, verbose_name="内容")),
                ("only_check", models.BooleanField(default=False, verbose_name="只检查")),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("WAITING", "处理中"),
                            ("DONE", "已完成"),
                            ("REFUSED", "有错未写入"),
                            ("BROKEN", "已中断"),
                        ],
                        default="WAITING",
                        max_length=8,
                        verbose_name="状态",
                    ),
                ),
                (
                    "faults",
                    dianliang.core.fields.EncryptedTextField(blank=True, verbose_name="错误"),
                ),
                ("outcome", models.JSONField(blank=True, default=dict, verbose_name="结果")),
                (
                    "background_job_id",
                    models.BigIntegerField(blank=True, null=True, verbose_name="后台任务"),
                ),
                ("brought_at", models.DateTimeField(verbose_name="上传时间")),
                ("brought_by", models.CharField(max_length=64, verbose_name="上传人")),
                ("account", models.CharField(max_length=64, verbose_name="账号")),
                ("ended_at", models.DateTimeField(blank=True, null=True, verbose_name="结束时间")),
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
                "verbose_name": "导入表",
                "verbose_name_plural": "导入表",
                "ordering": ["-pk"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("status__in", ["WAITING", "DONE", "REFUSED", "BROKEN"])
                        ),
                        name="key_table_status_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("ended_at", None), ("status", "WAITING")),
                            models.Q(
                                models.Q(("status", "WAITING"), _negated=True),
                                ("body", ""),
                                ("ended_at__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="key_table_forgotten_when_ended",
                    ),
                ],
            },
        ),
    ]
