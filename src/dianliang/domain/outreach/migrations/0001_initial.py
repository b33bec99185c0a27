import datetime
import dianliang.core.fields
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("customers", "0002_consents_and_agreements"),
        ("directory", "0004_agreements_and_powers"),
        ("territory", "0003_place_names"),
    ]

    operations = [
        migrations.CreateModel(
            name="Channel",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("code", models.CharField(max_length=24, unique=True, verbose_name="通道编码")),
                ("name", models.CharField(max_length=60, verbose_name="名称")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("file", "文件移交"),
                            ("webhook", "网络推送"),
                            ("sms", "短信网关"),
                        ],
                        max_length=8,
                        verbose_name="方式",
                    ),
                ),
                ("address", models.CharField(blank=True, max_length=300, verbose_name="地址")),
                (
                    "secret",
                    dianliang.core.fields.EncryptedTextField(blank=True, verbose_name="密钥"),
                ),
                (
                    "per_minute",
                    models.PositiveIntegerField(default=3000, verbose_name="每分钟最多条数"),
                ),
                ("batch_size", models.PositiveIntegerField(default=500, verbose_name="每批条数")),
                ("is_active", models.BooleanField(default=True, verbose_name="在用")),
                ("set_up_by", models.CharField(max_length=64, verbose_name="设置人")),
                ("set_up_at", models.DateTimeField(verbose_name="设置时间")),
            ],
            options={
                "verbose_name": "触达通道",
                "verbose_name_plural": "触达通道",
                "ordering": ["code"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("address", ""), ("kind", "file")),
                            models.Q(
                                models.Q(("kind", "file"), _negated=True),
                                models.Q(("address", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="outreach_channel_address_iff_sent",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("kind__in", ["file", "webhook", "sms"])),
                        name="outreach_channel_kind",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("batch_size__gt", 0), ("per_minute__gt", 0)),
                        name="outreach_channel_pace",
                    ),
                ],
                "indexes": [],
            },
        ),
        migrations.CreateModel(
            name="Outreach",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.CharField(max_length=24, unique=True, verbose_name="触达编号")),
                ("title", models.CharField(max_length=60, verbose_name="名称")),
                ("purpose", models.CharField(max_length=200, verbose_name="目的")),
                (
                    "unit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="directory.unit",
                        verbose_name="发起单位",
                    ),
                ),
                (
                    "basis",
                    models.CharField(
                        choices=[("service", "履行供用电服务告知"), ("consent", "以本人同意为准")],
                        max_length=8,
                        verbose_name="告知依据",
                    ),
                ),
                (
                    "source",
                    models.CharField(
                        choices=[("customers", "客户档案"), ("contacts", "联系名单")],
                        max_length=10,
                        verbose_name="对象来源",
                    ),
                ),
                ("query", models.JSONField(default=dict, verbose_name="对象条件")),
                (
                    "quiet_from",
                    models.TimeField(default=datetime.time(20, 0), verbose_name="免打扰起"),
                ),
                (
                    "quiet_until",
                    models.TimeField(default=datetime.time(8, 0), verbose_name="免打扰止"),
                ),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("DRAFT", "编制中"),
                            ("PREPARING", "生成名单中"),
                            ("READY", "待放行"),
                            ("SENDING", "发送中"),
                            ("PAUSED", "已暂停"),
                            ("CLOSED", "已结束"),
                            ("DROPPED", "已作废"),
                        ],
                        default="DRAFT",
                        max_length=10,
                        verbose_name="状态",
                    ),
                ),
                ("jobs", models.PositiveIntegerField(default=0, verbose_name="后台任务序号")),
                ("trouble", models.CharField(blank=True, max_length=300, verbose_name="发送受阻")),
                ("released_by", models.CharField(blank=True, max_length=64, verbose_name="放行人")),
                ("created_by_id", models.CharField(max_length=64, verbose_name="编制账号")),
                ("created_by", models.CharField(max_length=64, verbose_name="编制人")),
                ("created_at", models.DateTimeField(verbose_name="编制时间")),
                ("is_generated", models.BooleanField(default=False, verbose_name="演示数据")),
            ],
            options={
                "verbose_name": "宣传触达",
                "verbose_name_plural": "宣传触达",
                "ordering": ["-created_at", "-pk"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "status__in",
                                [
                                    "DRAFT",
                                    "PREPARING",
                                    "READY",
                                    "SENDING",
                                    "PAUSED",
                                    "CLOSED",
                                    "DROPPED",
                                ],
                            )
                        ),
                        name="outreach_status_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("status__in", ["SENDING", "PAUSED", "CLOSED"]),
                                models.Q(("released_by", ""), _negated=True),
                            ),
                            models.Q(
                                ("status__in", ["DRAFT", "PREPARING", "READY", "DROPPED"]),
                                ("released_by", ""),
                            ),
                            _connector="OR",
                        ),
                        name="outreach_released_by_somebody",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("quiet_from", models.F("quiet_until")), _negated=True),
                        name="outreach_quiet_hours",
                    ),
                ],
                "indexes": [],
            },
        ),
        migrations.CreateModel(
            name="Wording",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "outreach",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="wordings",
                        to="outreach.outreach",
                        verbose_name="触达",
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("file", "文件移交"),
                            ("webhook", "网络推送"),
                            ("sms", "短信网关"),
                        ],
                        max_length=8,
                        verbose_name="方式",
                    ),
                ),
                ("edition", models.PositiveSmallIntegerField(verbose_name="版本")),
                ("text", models.CharField(max_length=1000, verbose_name="文案")),
                ("made_by", models.CharField(max_length=64, verbose_name="撰写人")),
                ("made_at", models.DateTimeField(verbose_name="撰写时间")),
            ],
            options={
                "verbose_name": "触达文案",
                "verbose_name_plural": "触达文案",
                "ordering": ["outreach", "kind", "-edition"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("outreach", "kind", "edition"), name="outreach_wording_edition_once"
                    )
                ],
                "indexes": [],
            },
        ),
        migrations.CreateModel(
            name="Recipient",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "outreach",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="recipients",
                        to="outreach.outreach",
                        verbose_name="触达",
                    ),
                ),
                ("serial", models.PositiveIntegerField(verbose_name="序号")),
                ("key", models.CharField(max_length=40, verbose_name="对象编码")),
                (
                    "customer",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="customers.customer",
                        verbose_name="客户",
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[("resident", "居民"), ("enterprise", "企业")],
                        max_length=12,
                        verbose_name="类别",
                    ),
                ),
                ("name", dianliang.core.fields.EncryptedTextField(blank=True, verbose_name="名称")),
                (
                    "phone",
                    dianliang.core.fields.EncryptedTextField(blank=True, verbose_name="电话"),
                ),
                (
                    "phone_index",
                    models.CharField(
                        blank=True, db_index=True, max_length=64, verbose_name="电话索引"
                    ),
                ),
                (
                    "area",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="territory.area",
                        verbose_name="所在区域",
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
                (
                    "lead",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="outreach.recipient",
                        verbose_name="同号首位",
                    ),
                ),
                (
                    "excluded",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("opted_out", "已拒收"),
                            ("no_consent", "未同意"),
                            ("no_phone", "没有可用的手机号"),
                        ],
                        max_length=12,
                        verbose_name="不发原因",
                    ),
                ),
                ("due_round", models.PositiveSmallIntegerField(default=0, verbose_name="应发轮次")),
                (
                    "token_hash",
                    models.CharField(
                        blank=True, max_length=64, null=True, unique=True, verbose_name="链接摘要"
                    ),
                ),
                ("stage", models.SmallIntegerField(default=0, verbose_name="进度")),
                ("failure", models.CharField(blank=True, max_length=120, verbose_name="失败原因")),
            ],
            options={
                "verbose_name": "触达对象",
                "verbose_name_plural": "触达对象",
                "ordering": ["outreach", "serial"],
                "indexes": [
                    models.Index(fields=["outreach", "due_round", "id"], name="outreach_due"),
                    models.Index(
                        fields=["outreach", "excluded", "stage", "unit"], name="outreach_standing"
                    ),
                    models.Index(fields=["outreach", "phone_index"], name="outreach_shared_phone"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("outreach", "key"), name="outreach_recipient_once"
                    ),
                    models.UniqueConstraint(
                        fields=("outreach", "serial"), name="outreach_recipient_serial"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("stage__range", (0, 5))),
                        name="outreach_recipient_stage",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("excluded", ""),
                            models.Q(("due_round", 0), ("stage", 0)),
                            _connector="OR",
                        ),
                        name="outreach_excluded_gets_nothing",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("lead", None), ("due_round", 0), _connector="OR"),
                        name="outreach_shared_phone_gets_one",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Preference",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("phone_index", models.CharField(max_length=64, verbose_name="电话索引")),
                ("agrees", models.BooleanField(verbose_name="愿意接收")),
                (
                    "how",
                    models.CharField(
                        choices=[
                            ("page", "本人在网页上"),
                            ("phone", "本人电话"),
                            ("paper", "书面"),
                            ("reply", "回复短信"),
                            ("table", "联系名单注明"),
                        ],
                        max_length=8,
                        verbose_name="方式",
                    ),
                ),
                ("words", models.CharField(blank=True, max_length=200, verbose_name="说明")),
                ("said_at", models.DateTimeField(verbose_name="时间")),
                ("said_by", models.CharField(max_length=64, verbose_name="登记人")),
            ],
            options={
                "verbose_name": "接收意愿",
                "verbose_name_plural": "接收意愿",
                "ordering": ["-pk"],
                "indexes": [
                    models.Index(
                        models.F("phone_index"),
                        models.OrderBy(models.F("id"), descending=True),
                        name="outreach_preference_last",
                    )
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("phone_index", ""), _negated=True),
                        name="outreach_preference_phone",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Round",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "outreach",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="rounds",
                        to="outreach.outreach",
                        verbose_name="触达",
                    ),
                ),
                ("serial", models.PositiveSmallIntegerField(verbose_name="轮次")),
                (
                    "channel",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="outreach.channel",
                        verbose_name="通道",
                    ),
                ),
                (
                    "wording",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="outreach.wording",
                        verbose_name="文案",
                    ),
                ),
                ("words", models.CharField(blank=True, max_length=200, verbose_name="说明")),
                ("started_by", models.CharField(max_length=64, verbose_name="放行人")),
                ("started_at", models.DateTimeField(verbose_name="放行时间")),
            ],
            options={
                "verbose_name": "发送轮次",
                "verbose_name_plural": "发送轮次",
                "ordering": ["outreach", "serial"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("outreach", "serial"), name="outreach_round_once"
                    )
                ],
                "indexes": [],
            },
        ),
        migrations.CreateModel(
            name="Batch",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.CharField(max_length=40, unique=True, verbose_name="批次编号")),
                (
                    "round",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="batches",
                        to="outreach.round",
                        verbose_name="轮次",
                    ),
                ),
                (
                    "channel",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="outreach.channel",
                        verbose_name="通道",
                    ),
                ),
                ("size", models.PositiveIntegerField(verbose_name="条数")),
                ("attempts", models.PositiveSmallIntegerField(default=0, verbose_name="尝试次数")),
                (
                    "tried_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="最近尝试时间"),
                ),
                ("claimed_at", models.DateTimeField(verbose_name="取出时间")),
                ("handed_at", models.DateTimeField(blank=True, null=True, verbose_name="移交时间")),
                ("fetched", models.PositiveSmallIntegerField(default=0, verbose_name="下载次数")),
                ("trouble", models.CharField(blank=True, max_length=300, verbose_name="受阻原因")),
                ("is_void", models.BooleanField(default=False, verbose_name="已退回")),
            ],
            options={
                "verbose_name": "移交批次",
                "verbose_name_plural": "移交批次",
                "ordering": ["round", "pk"],
                "indexes": [
                    models.Index(fields=["channel", "claimed_at"], name="outreach_batch_pace")
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("handed_at", None), ("is_void", False), _connector="OR"
                        ),
                        name="outreach_batch_void",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("handed_at", None),
                            ("handed_at__gte", models.F("claimed_at")),
                            _connector="OR",
                        ),
                        name="outreach_batch_handed_later",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Delivery",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.CharField(max_length=40, unique=True, verbose_name="消息编号")),
                (
                    "round",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="deliveries",
                        to="outreach.round",
                        verbose_name="轮次",
                    ),
                ),
                (
                    "recipient",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="deliveries",
                        to="outreach.recipient",
                        verbose_name="对象",
                    ),
                ),
                (
                    "batch",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="deliveries",
                        to="outreach.batch",
                        verbose_name="批次",
                    ),
                ),
                ("stage", models.SmallIntegerField(default=0, verbose_name="进度")),
                ("failure", models.CharField(blank=True, max_length=120, verbose_name="失败原因")),
            ],
            options={
                "verbose_name": "触达消息",
                "verbose_name_plural": "触达消息",
                "ordering": ["round", "pk"],
                "indexes": [
                    models.Index(fields=["round", "stage", "id"], name="outreach_message_queue")
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("recipient", "round"), name="outreach_message_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("stage__range", (0, 5))), name="outreach_message_stage"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("stage", 0), ("batch__isnull", False), _connector="OR"),
                        name="outreach_message_batch",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Receipt",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "delivery",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="receipts",
                        to="outreach.delivery",
                        verbose_name="消息",
                    ),
                ),
                ("stage", models.SmallIntegerField(verbose_name="说明的进度")),
                ("reason", models.CharField(blank=True, max_length=120, verbose_name="原因")),
                ("said_at", models.DateTimeField(verbose_name="发生时间")),
                (
                    "source",
                    models.CharField(
                        choices=[
                            ("callback", "通道回调"),
                            ("file", "回执文件"),
                            ("page", "本人打开链接"),
                            ("handover", "移交时答复"),
                        ],
                        max_length=8,
                        verbose_name="来源",
                    ),
                ),
                (
                    "source_ref",
                    models.CharField(blank=True, max_length=80, verbose_name="来源标识"),
                ),
                ("received_at", models.DateTimeField(verbose_name="收到时间")),
            ],
            options={
                "verbose_name": "触达回执",
                "verbose_name_plural": "触达回执",
                "ordering": ["delivery", "pk"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("delivery", "stage", "source", "said_at"),
                        name="outreach_receipt_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("stage__in", [-1, 3, 4, 5])),
                        name="outreach_receipt_stage",
                    ),
                ],
                "indexes": [],
            },
        ),
    ]
