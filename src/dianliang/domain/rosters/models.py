"""Rosters."""

from django.db import models
from django.db.models import F, Q

from dianliang.domain.directory.models import Unit
from dianliang.domain.rosters import lifecycle
from dianliang.domain.venues.models import Site
from dianliang.domain.workforce.models import Person


class Roster(models.Model):
    """A period in which a place is manned (值班表). Only `operations` writes it.

    The limits are those of the engine's rules, kept with the roster: what was lawful when it was
    made can be read later.
    """

    class Purpose(models.TextChoices):
        """What the duty is for."""

        WATCH = "watch", "日常值守"
        EVENT = "event", "保电值守"
        EMERGENCY = "emergency", "应急值守"

    number = models.CharField("值班表编号", max_length=24, unique=True)
    title = models.CharField("名称", max_length=60)
    purpose = models.CharField("用途", max_length=10, choices=Purpose.choices)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name="单位")
    site = models.ForeignKey(
        Site, models.PROTECT, null=True, blank=True, related_name="rosters", verbose_name="地点"
    )
    starts_at = models.DateTimeField("开始")
    ends_at = models.DateTimeField("结束")
    changes = models.JSONField("交接班时间", default=list)
    size = models.PositiveSmallIntegerField("每班人数", default=1)
    skills = models.JSONField("每班所需技能", default=dict, blank=True)
    rest_h = models.PositiveSmallIntegerField("班间休息（小时）", default=11)
    week_h = models.PositiveSmallIntegerField("每周最多（小时）", null=True, blank=True)
    days_in_row = models.PositiveSmallIntegerField("最多连续天数", null=True, blank=True)
    nights_in_row = models.PositiveSmallIntegerField("最多连续夜班", null=True, blank=True)
    people = models.ManyToManyField(Person, related_name="rosters", verbose_name="可排人员")
    status = models.CharField(
        "状态", max_length=12, choices=[*lifecycle.ROSTER_LABELS.items()], default="DRAFT"
    )
    revision = models.PositiveIntegerField("稿次", default=0)
    outcome = models.JSONField("排班结果", null=True, blank=True)
    background_job_id = models.BigIntegerField("后台任务", null=True, blank=True)
    published_at = models.DateTimeField("发布时间", null=True, blank=True)
    short_because = models.CharField("缺人仍发布的原因", max_length=200, blank=True)
    created_by = models.CharField("编制人", max_length=64)
    created_at = models.DateTimeField("编制时间")
    is_generated = models.BooleanField("演示数据", default=False)

    class Meta:
        verbose_name = verbose_name_plural = "值班表"
        ordering = ["-starts_at", "number"]
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=[*lifecycle.ROSTER_LABELS]), name="roster_status_known"
            ),
            models.CheckConstraint(
                condition=Q(purpose__in=["watch", "event", "emergency"]),
                name="roster_purpose_known",
            ),
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="roster_period"),
            models.CheckConstraint(condition=Q(size__gt=0), name="roster_size"),
            models.CheckConstraint(
                condition=~Q(status="PUBLISHED") | Q(published_at__isnull=False),
                name="roster_published_has_time",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.title}"


class Shift(models.Model):
    """A span of a roster (班次). They follow each other without gap or overlap."""

    roster = models.ForeignKey(Roster, models.CASCADE, related_name="shifts", verbose_name="值班表")
    position = models.PositiveSmallIntegerField("次序")
    starts_at = models.DateTimeField("开始")
    ends_at = models.DateTimeField("结束")
    weight = models.PositiveSmallIntegerField("计时系数（%）", default=100)

    class Meta:
        verbose_name = verbose_name_plural = "班次"
        ordering = ["roster", "position"]
        constraints = [
            models.UniqueConstraint(fields=["roster", "position"], name="shift_position"),
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="shift_period"),
        ]
        indexes = [models.Index(fields=["starts_at"], name="shift_starts")]

    def __str__(self) -> str:
        return f"{self.roster} {self.position}"


class Turn(models.Model):
    """A person on a shift (值班人): as it is being planned, and as it was published."""

    shift = models.ForeignKey(Shift, models.CASCADE, related_name="turns", verbose_name="班次")
    person = models.ForeignKey(Person, models.PROTECT, related_name="turns", verbose_name="人员")
    is_planned = models.BooleanField("在稿中", default=True)
    is_live = models.BooleanField("已发布", default=False)
    is_fixed = models.BooleanField("固定", default=False)
    exempt_because = models.CharField("破例原因", max_length=200, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "值班人"
        ordering = ["shift", "person"]
        constraints = [
            models.UniqueConstraint(fields=["shift", "person"], name="turn_once"),
            models.CheckConstraint(
                condition=Q(is_planned=True) | Q(is_live=True), name="turn_planned_or_live"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.shift} {self.person}"


class Swap(models.Model):
    """Somebody asks another to take over a turn, perhaps for one of his (换班)."""

    number = models.CharField("换班单号", max_length=24, unique=True)
    shift = models.ForeignKey(Shift, models.CASCADE, related_name="+", verbose_name="让出的班次")
    giver = models.ForeignKey(Person, models.PROTECT, related_name="+", verbose_name="让出人")
    taker = models.ForeignKey(Person, models.PROTECT, related_name="+", verbose_name="接班人")
    back = models.ForeignKey(
        Shift, models.CASCADE, null=True, blank=True, related_name="+", verbose_name="换回的班次"
    )
    reason = models.CharField("原因", max_length=200)
    status = models.CharField(
        "状态", max_length=10, choices=[*lifecycle.SWAP_LABELS.items()], default="ASKED"
    )
    asked_at = models.DateTimeField("提出时间")
    asked_by = models.CharField("提出人", max_length=64)

    class Meta:
        verbose_name = verbose_name_plural = "换班"
        ordering = ["-asked_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=[*lifecycle.SWAP_LABELS]), name="swap_status_known"
            ),
            models.CheckConstraint(condition=~Q(giver=F("taker")), name="swap_of_two_people"),
            models.CheckConstraint(condition=~Q(reason=""), name="swap_has_a_reason"),
            models.UniqueConstraint(
                fields=["shift", "giver"],
                condition=Q(status__in=["ASKED", "AGREED"]),
                name="swap_once_at_a_time",
            ),
        ]

    def __str__(self) -> str:
        return self.number
