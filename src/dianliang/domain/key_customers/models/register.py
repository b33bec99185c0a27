"""Key customers, their supplies, the decisions on their grade, and tables of them."""

from django.db import models
from django.db.models import F, Q

from dianliang.core.fields import EncryptedTextField
from dianliang.domain.catalog.models import Checklist
from dianliang.domain.directory.models import Unit
from dianliang.domain.key_customers import lifecycle
from dianliang.domain.network.models import Feeder, Transformer
from dianliang.domain.territory.models import Area


class Grade(models.TextChoices):
    """How grave an interruption is (GB/T 29328-2018, the grading of important power users)."""

    SPECIAL = "special", "特级"
    FIRST = "first", "一级"
    SECOND = "second", "二级"
    TEMPORARY = "temporary", "临时"


class KeyCustomer(models.Model):
    """A place that power must not leave (重要客户). Only `operations` writes it."""

    class Kind(models.TextChoices):
        """What it is."""

        HOSPITAL = "hospital", "医院"
        PUMP_STATION = "pump_station", "排灌泵站"
        SHELTER = "shelter", "避灾安置点"
        EXAM_HALL = "exam_hall", "考点"
        COMMUNICATION = "communication", "通信"
        WATER_WORKS = "water_works", "供水"
        GOVERNMENT = "government", "党政机关"
        RAIL = "rail", "铁路与轨道交通"
        MEDIA = "media", "广播电视与新闻"
        GAS = "gas", "供气与供热"
        RESCUE = "rescue", "消防与救援"
        HAZARDOUS = "hazardous", "危险化学品与矿山"
        VENUE = "venue", "大型活动场所"
        OTHER = "other", "其他"

    class TieIn(models.TextChoices):
        """Whether a mobile generator can be connected (应急电源接入条件)."""

        UNKNOWN = "unknown", "未核实"
        READY = "ready", "接口具备"
        MISSING = "missing", "接口不具备"

    number = models.CharField("重要客户编号", max_length=24, unique=True)
    name = models.CharField("名称", max_length=80)
    grade = models.CharField("等级", max_length=10, choices=Grade.choices)
    kind = models.CharField("类别", max_length=16, choices=Kind.choices)
    begins_on = models.DateField("临时起始日", null=True, blank=True)
    ends_on = models.DateField("临时截止日", null=True, blank=True)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name="责任单位")
    area = models.ForeignKey(
        Area, models.PROTECT, related_name="key_customers", verbose_name="所在区域"
    )
    address = models.CharField("地址", max_length=200, blank=True)
    lat = models.FloatField("纬度", null=True, blank=True)
    lon = models.FloatField("经度", null=True, blank=True)
    tie_in = models.CharField(
        "应急电源接口", max_length=10, choices=TieIn.choices, default=TieIn.UNKNOWN
    )
    cable_m = models.PositiveIntegerField("所需电缆（米）", null=True, blank=True)
    plug = models.CharField("接头型式", max_length=40, blank=True)
    contact = EncryptedTextField("联系人", blank=True)
    phone = EncryptedTextField("联系电话", blank=True)
    phone_index = models.CharField("电话索引", max_length=64, blank=True, db_index=True)
    checklist = models.ForeignKey(
        Checklist, models.PROTECT, related_name="+", verbose_name="检查清单"
    )
    note = models.CharField("备注", max_length=200, blank=True)
    removed_on = models.DateField("移出日期", null=True, blank=True)
    is_generated = models.BooleanField("演示数据", default=False)

    class Meta:
        verbose_name = verbose_name_plural = "重要客户"
        ordering = ["number"]
        constraints = [
            models.CheckConstraint(
                condition=Q(grade__in=["special", "first", "second", "temporary"]),
                name="key_customer_grade_known",
            ),
            models.CheckConstraint(
                condition=Q(
                    kind__in=[
                        *("hospital", "pump_station", "shelter", "exam_hall", "communication"),
                        *("water_works", "government", "rail", "media", "gas", "rescue"),
                        *("hazardous", "venue", "other"),
                    ]
                ),
                name="key_customer_kind_known",
            ),
            models.CheckConstraint(
                condition=Q(grade="temporary", begins_on__isnull=False, ends_on__gt=F("begins_on"))
                | (~Q(grade="temporary") & Q(begins_on=None, ends_on=None)),
                name="key_customer_period_iff_temporary",
            ),
            models.CheckConstraint(
                condition=Q(tie_in__in=["unknown", "ready", "missing"]),
                name="key_customer_tie_in_known",
            ),
            models.CheckConstraint(
                condition=Q(lat=None, lon=None) | Q(lat__range=(-90, 90), lon__range=(-180, 180)),
                name="key_customer_on_earth",
            ),
        ]
        indexes = [
            models.Index(fields=["unit", "grade", "number"], name="key_customer_of_unit"),
            models.Index(fields=["area"], name="key_customer_of_area"),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.name}"


SEALED = ("contact", "phone")
"""What is kept encrypted; lists defer it, so that nothing is decrypted to be thrown away."""


class Feed(models.Model):
    """A line or a transformer that feeds a key customer (供电电源), the main one or another."""

    customer = models.ForeignKey(
        KeyCustomer, models.CASCADE, related_name="feeds", verbose_name="重要客户"
    )
    feeder = models.ForeignKey(
        Feeder, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="线路"
    )
    transformer = models.ForeignKey(
        Transformer, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="变压器"
    )
    is_main = models.BooleanField("主供", default=False)

    class Meta:
        verbose_name = verbose_name_plural = "供电电源"
        ordering = ["-is_main", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(feeder=None, transformer__isnull=False)
                | Q(feeder__isnull=False, transformer=None),
                name="key_feed_of_one_thing",
            ),
            models.UniqueConstraint(
                fields=["customer"], condition=Q(is_main=True), name="key_feed_one_main"
            ),
            models.UniqueConstraint(
                fields=["customer", "feeder"],
                condition=Q(feeder__isnull=False),
                name="key_feed_line_once",
            ),
            models.UniqueConstraint(
                fields=["customer", "transformer"],
                condition=Q(transformer__isnull=False),
                name="key_feed_transformer_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.customer} {self.feeder or self.transformer}"


class OwnSupply(models.Model):
    """What a key customer can feed itself with (自备应急电源)."""

    class Kind(models.TextChoices):
        """How it makes or keeps power."""

        DIESEL = "diesel", "柴油发电机"
        GAS = "gas", "燃气发电机"
        UPS = "ups", "UPS 不间断电源"
        EPS = "eps", "EPS 应急电源"
        STORAGE = "storage", "储能"
        OTHER = "other", "其他"

    customer = models.ForeignKey(
        KeyCustomer, models.CASCADE, related_name="supplies", verbose_name="重要客户"
    )
    kind = models.CharField("类别", max_length=10, choices=Kind.choices)
    power_kva = models.FloatField("容量（kVA）", null=True, blank=True)
    power_kw = models.FloatField("功率（kW）", null=True, blank=True)
    autonomy_h = models.FloatField("可持续（小时）", null=True, blank=True)
    tested_on = models.DateField("上次试验", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "自备应急电源"
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=["diesel", "gas", "ups", "eps", "storage", "other"]),
                name="key_supply_kind_known",
            ),
            models.CheckConstraint(
                condition=Q(power_kva__gt=0) | Q(power_kw__gt=0), name="key_supply_has_power"
            ),
            models.CheckConstraint(
                condition=Q(autonomy_h=None) | Q(autonomy_h__gte=0), name="key_supply_autonomy"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.customer} {self.get_kind_display()}"


class GradeDecision(models.Model):
    """Somebody decided on a grade (等级认定). Never changed; the latest one holds."""

    customer = models.ForeignKey(
        KeyCustomer, models.CASCADE, related_name="decisions", verbose_name="重要客户"
    )
    grade = models.CharField("等级", max_length=10, choices=Grade.choices)
    begins_on = models.DateField("临时起始日", null=True, blank=True)
    ends_on = models.DateField("临时截止日", null=True, blank=True)
    decided_on = models.DateField("认定日期", null=True, blank=True)
    document = models.CharField("认定文号或依据", max_length=120, blank=True)
    recorded_at = models.DateTimeField("登记时间")
    recorded_by = models.CharField("登记人", max_length=64)

    class Meta:
        verbose_name = verbose_name_plural = "等级认定"
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(grade__in=["special", "first", "second", "temporary"]),
                name="key_decision_grade_known",
            )
        ]

    def __str__(self) -> str:
        return f"{self.customer} {self.get_grade_display()}"


class BroughtTable(models.Model):
    """A table of key customers that somebody brought (导入表), sealed until it is dealt with."""

    number = models.CharField("导入编号", max_length=24, unique=True)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name="单位")
    name = models.CharField("文件名", max_length=120)
    body = EncryptedTextField("内容", blank=True)
    only_check = models.BooleanField("只检查", default=False)
    status = models.CharField(
        "状态", max_length=8, choices=[*lifecycle.TABLE_LABELS.items()], default="WAITING"
    )
    faults = EncryptedTextField("错误", blank=True)
    outcome = models.JSONField("结果", default=dict, blank=True)
    background_job_id = models.BigIntegerField("后台任务", null=True, blank=True)
    brought_at = models.DateTimeField("上传时间")
    brought_by = models.CharField("上传人", max_length=64)
    account = models.CharField("账号", max_length=64)
    ended_at = models.DateTimeField("结束时间", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "导入表"
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=[*lifecycle.TABLE_LABELS]), name="key_table_status_known"
            ),
            models.CheckConstraint(
                condition=Q(status="WAITING", ended_at=None)
                | (~Q(status="WAITING") & Q(ended_at__isnull=False, body="")),
                name="key_table_forgotten_when_ended",
            ),
        ]

    def __str__(self) -> str:
        return self.number
