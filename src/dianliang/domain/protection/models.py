"""Guarded events: halls, feeding equipment, patrols, standby, duty, log."""

from django.db import models
from django.db.models import F, Q

from dianliang.domain.directory.models import Unit
from dianliang.domain.key_customers.models import KeyCustomer
from dianliang.domain.network.models import Feeder, Transformer
from dianliang.domain.protection import lifecycle
from dianliang.domain.rosters.models import Roster
from dianliang.domain.venues.models import Site
from dianliang.domain.work.models import Job
from dianliang.domain.workforce.models import Team


class Event(models.Model):
    """Something through which supply must not fail (保电活动). Half-open: [starts_at, ends_at)."""

    class Level(models.TextChoices):
        """How much is at stake; the organiser says."""

        SPECIAL = "special", "特级"
        FIRST = "first", "一级"
        SECOND = "second", "二级"
        THIRD = "third", "三级"

    number = models.CharField("保电编号", max_length=24, unique=True)
    title = models.CharField("名称", max_length=60)
    level = models.CharField("保电等级", max_length=8, choices=Level.choices)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name="单位")
    starts_at = models.DateTimeField("开始")
    ends_at = models.DateTimeField("结束")
    demand = models.CharField("保电要求", max_length=200, blank=True)
    status = models.CharField(
        "状态", max_length=10, choices=[*lifecycle.EVENT_LABELS.items()], default="DRAFT"
    )
    created_by = models.CharField("编制人", max_length=64)
    created_at = models.DateTimeField("编制时间")
    lessons = models.TextField("总结", blank=True)
    figures = models.JSONField("总结数字", default=dict, blank=True)
    reviewed_by = models.CharField("总结人", max_length=64, blank=True)
    reviewed_at = models.DateTimeField("总结时间", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "保电活动"
        ordering = ["-starts_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=[*lifecycle.EVENT_LABELS]), name="guarded_status_known"
            ),
            models.CheckConstraint(
                condition=Q(level__in=["special", "first", "second", "third"]),
                name="guarded_level_known",
            ),
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="guarded_period"),
            models.CheckConstraint(
                condition=Q(status="REVIEWED", reviewed_at__isnull=False, lessons__gt="")
                | (~Q(status="REVIEWED") & Q(reviewed_at=None)),
                name="guarded_reviewed_with_lessons",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.title}"


class Hall(models.Model):
    """A place of an event (保电场所): a key customer, or a site of ours."""

    event = models.ForeignKey(Event, models.CASCADE, related_name="halls", verbose_name="保电活动")
    customer = models.ForeignKey(
        KeyCustomer,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="重要客户",
    )
    site = models.ForeignKey(
        Site, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="场所"
    )

    class Meta:
        verbose_name = verbose_name_plural = "保电场所"
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(customer=None, site__isnull=False)
                | Q(customer__isnull=False, site=None),
                name="guarded_hall_is_one_place",
            ),
            models.UniqueConstraint(
                fields=["event", "customer"],
                condition=Q(customer__isnull=False),
                name="guarded_hall_customer_once",
            ),
            models.UniqueConstraint(
                fields=["event", "site"],
                condition=Q(site__isnull=False),
                name="guarded_hall_site_once",
            ),
        ]

    def __str__(self) -> str:
        return self.customer.name if self.customer else self.site.name if self.site else ""


class Equipment(models.Model):
    """A line or a transformer that feeds a hall (保电设备)."""

    event = models.ForeignKey(
        Event, models.CASCADE, related_name="equipment", verbose_name="保电活动"
    )
    hall = models.ForeignKey(
        Hall, models.CASCADE, related_name="equipment", verbose_name="保电场所"
    )
    feeder = models.ForeignKey(
        Feeder, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="线路"
    )
    transformer = models.ForeignKey(
        Transformer, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="变压器"
    )
    is_main = models.BooleanField("主供", default=False)

    class Meta:
        verbose_name = verbose_name_plural = "保电设备"
        ordering = ["hall", "-is_main", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(feeder=None, transformer__isnull=False)
                | Q(feeder__isnull=False, transformer=None),
                name="guarded_equipment_is_one_thing",
            ),
            models.UniqueConstraint(
                fields=["hall", "feeder"],
                condition=Q(feeder__isnull=False),
                name="guarded_line_once",
            ),
            models.UniqueConstraint(
                fields=["hall", "transformer"],
                condition=Q(transformer__isnull=False),
                name="guarded_transformer_once",
            ),
        ]

    def __str__(self) -> str:
        return str(self.feeder or self.transformer)


class Patrol(models.Model):
    """A special patrol (特巡): a job that looks at a hall, or at a line or transformer."""

    event = models.ForeignKey(
        Event, models.CASCADE, related_name="patrols", verbose_name="保电活动"
    )
    hall = models.ForeignKey(
        Hall, models.PROTECT, null=True, blank=True, related_name="patrols", verbose_name="场所"
    )
    feeder = models.ForeignKey(
        Feeder, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="线路"
    )
    transformer = models.ForeignKey(
        Transformer, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="变压器"
    )
    job = models.OneToOneField(
        Job, models.PROTECT, related_name="guard_patrol", verbose_name="工单"
    )

    class Meta:
        verbose_name = verbose_name_plural = "特巡"
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(hall__isnull=False, feeder=None, transformer=None)
                | Q(hall=None, feeder__isnull=False, transformer=None)
                | Q(hall=None, feeder=None, transformer__isnull=False),
                name="guarded_patrol_of_one_thing",
            )
        ]

    def __str__(self) -> str:
        return str(self.job)


class Standby(models.Model):
    """A team stands by at a hall for a half-open time (驻守)."""

    event = models.ForeignKey(
        Event, models.CASCADE, related_name="standbys", verbose_name="保电活动"
    )
    hall = models.ForeignKey(Hall, models.CASCADE, related_name="standbys", verbose_name="场所")
    team = models.ForeignKey(Team, models.PROTECT, related_name="+", verbose_name="队伍")
    starts_at = models.DateTimeField("开始")
    ends_at = models.DateTimeField("结束")
    gear = models.CharField("装备", max_length=80, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "驻守"
        ordering = ["hall", "starts_at"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("starts_at")), name="guarded_standby_period"
            )
        ]

    def __str__(self) -> str:
        return f"{self.team} {self.hall}"


class Duty(models.Model):
    """A roster mans a post of an event (值守岗位). Each post without gap or overlap."""

    event = models.ForeignKey(Event, models.CASCADE, related_name="duties", verbose_name="保电活动")
    post = models.CharField("岗位", max_length=24)
    roster = models.ForeignKey(Roster, models.PROTECT, related_name="+", verbose_name="值班表")

    class Meta:
        verbose_name = verbose_name_plural = "值守岗位"
        ordering = ["post", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["event", "roster"], name="guarded_roster_once")
        ]

    def __str__(self) -> str:
        return f"{self.post} {self.roster}"


class LogEntry(models.Model):
    """What happened while an event was guarded (保电日志). Never changed; a second row corrects."""

    class Kind(models.TextChoices):
        """What it is about."""

        SHIFT = "shift", "交接班"
        PATROL = "patrol", "巡视"
        DEFECT = "defect", "缺陷"
        TROUBLE = "trouble", "异常"
        ACTION = "action", "处置"
        OTHER = "other", "其他"

    number = models.CharField("日志编号", max_length=24, unique=True)
    event = models.ForeignKey(Event, models.CASCADE, related_name="log", verbose_name="保电活动")
    hall = models.ForeignKey(
        Hall, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="场所"
    )
    kind = models.CharField("类别", max_length=8, choices=Kind.choices)
    happened_at = models.DateTimeField("发生时间")
    words = models.CharField("内容", max_length=300)
    corrects = models.OneToOneField(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="corrected_by",
        verbose_name="更正",
    )
    recorded_at = models.DateTimeField("登记时间")
    recorded_by = models.CharField("登记人", max_length=64)

    class Meta:
        verbose_name = verbose_name_plural = "保电日志"
        ordering = ["-happened_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=["shift", "patrol", "defect", "trouble", "action", "other"]),
                name="guarded_log_kind_known",
            ),
            models.CheckConstraint(condition=~Q(words=""), name="guarded_log_has_words"),
        ]

    def __str__(self) -> str:
        return self.number
