"""The register of honours (荣誉台账), and what media reported (媒体报道)."""

from django.db import models
from django.db.models import Q

from dianliang.core.models import StoredFile
from dianliang.domain.directory.models import Unit
from dianliang.domain.honours import lifecycle
from dianliang.domain.workforce.models import Person, Team


class Level(models.TextChoices):
    """How high the issuer, or the medium, stands."""

    STATE = "state", "国家级"
    PROVINCE = "province", "省级"
    CITY = "city", "市级"
    COUNTY = "county", "县级"
    COMPANY = "company", "公司级"


class Holder(models.TextChoices):
    """Who holds an honour, or is put forward for one."""

    PERSON = "person", "个人"
    TEAM = "team", "队伍"
    BRANCH = "branch", "党支部"
    UNIT = "unit", "单位"


HELD_BY_ONE = (
    Q(holder="person", person__isnull=False, team=None, held_by=None)
    | Q(holder="team", person=None, team__isnull=False, held_by=None)
    | Q(holder__in=["branch", "unit"], person=None, team=None, held_by__isnull=False)
)
"""Exactly one holder, of the kind that is said."""


class Honour(models.Model):
    """Something that somebody was honoured with (荣誉), seed rows 000-21, 001-17, 003-20.

    Kept for good: one that is taken back says when and why.
    """

    number = models.CharField("荣誉编号", max_length=24, unique=True)
    title = models.CharField("荣誉名称", max_length=80)
    level = models.CharField("级别", max_length=8, choices=Level.choices)
    issuer = models.CharField("授予单位", max_length=80)
    on = models.DateField("授予日期")
    holder = models.CharField("获得者类别", max_length=8, choices=Holder.choices)
    person = models.ForeignKey(
        Person, models.PROTECT, null=True, blank=True, related_name="honours", verbose_name="个人"
    )
    team = models.ForeignKey(
        Team, models.PROTECT, null=True, blank=True, related_name="honours", verbose_name="队伍"
    )
    held_by = models.ForeignKey(
        Unit, models.PROTECT, null=True, blank=True, related_name="honours", verbose_name="集体"
    )
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name="所属单位")
    is_model = models.BooleanField("作为典型展示", default=False)
    story = models.TextField("事迹简介", max_length=1000, blank=True)
    call_number = models.CharField("评选编号", max_length=24, blank=True)
    evidence = models.ForeignKey(
        StoredFile, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="证书照片"
    )
    status = models.CharField(
        "状态", max_length=8, choices=[*lifecycle.HONOUR_LABELS.items()], default="VALID"
    )
    revoked_on = models.DateField("撤销日期", null=True, blank=True)
    revoked_because = models.CharField("撤销原因", max_length=200, blank=True)
    created_by = models.CharField("登记人", max_length=64)
    created_at = models.DateTimeField("登记时间")
    is_generated = models.BooleanField("演示数据", default=False)

    class Meta:
        verbose_name = verbose_name_plural = "荣誉"
        ordering = ["-on", "number"]
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=[*lifecycle.HONOUR_LABELS]), name="honour_status_known"
            ),
            models.CheckConstraint(condition=Q(level__in=Level.values), name="honour_level_known"),
            models.CheckConstraint(condition=HELD_BY_ONE, name="honour_held_by_one"),
            models.CheckConstraint(
                condition=Q(status="VALID", revoked_on=None, revoked_because="")
                | (Q(status="REVOKED", revoked_on__isnull=False) & ~Q(revoked_because="")),
                name="honour_revoked_with_a_reason",
            ),
            models.CheckConstraint(
                condition=Q(is_model=False) | ~Q(story=""), name="honour_model_has_a_story"
            ),
        ]
        indexes = [models.Index(fields=["unit", "on"], name="honour_unit")]

    def __str__(self) -> str:
        return f"{self.number} {self.title}"


class MediaReport(models.Model):
    """What a medium reported about us (媒体报道), seed rows 002-21, 003-20, 000-27."""

    number = models.CharField("报道编号", max_length=24, unique=True)
    outlet = models.CharField("媒体", max_length=60)
    level = models.CharField("级别", max_length=8, choices=Level.choices)
    title = models.CharField("标题", max_length=120)
    on = models.DateField("刊播日期")
    link = models.URLField("链接", max_length=300, blank=True)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name="报道单位")
    record_kind = models.CharField("所报道记录类别", max_length=24, blank=True)
    record_number = models.CharField("所报道记录编号", max_length=40, blank=True)
    created_by = models.CharField("登记人", max_length=64)
    created_at = models.DateTimeField("登记时间")
    is_generated = models.BooleanField("演示数据", default=False)

    class Meta:
        verbose_name = verbose_name_plural = "媒体报道"
        ordering = ["-on", "number"]
        constraints = [
            models.UniqueConstraint(fields=["outlet", "title", "on"], name="media_report_once"),
            models.CheckConstraint(
                condition=Q(level__in=Level.values), name="media_report_level_known"
            ),
            models.CheckConstraint(
                condition=Q(record_kind="", record_number="")
                | (~Q(record_kind="") & ~Q(record_number="")),
                name="media_report_names_a_whole_record",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.title}"
