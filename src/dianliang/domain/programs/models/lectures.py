"""Lectures that a unit or a base asks for, and who can give them (宣讲点单, 001-13, 003-05)."""

from django.db import models
from django.db.models import Q

from dianliang.core.fields import EncryptedTextField
from dianliang.domain.catalog.models import Skill
from dianliang.domain.directory.models import Unit
from dianliang.domain.programs import lifecycle
from dianliang.domain.programs.models.sessions import Session
from dianliang.domain.territory.models import Area
from dianliang.domain.venues.models import Site
from dianliang.domain.workforce.models import Person


class LectureTopic(models.Model):
    """What lectures are about (宣讲主题). Data."""

    code = models.CharField("主题编码", max_length=24, unique=True)
    name = models.CharField("名称", max_length=40, unique=True)
    words = models.CharField("内容", max_length=300, blank=True)
    minutes = models.PositiveSmallIntegerField("通常时长（分钟）", default=60)
    skill = models.ForeignKey(
        Skill, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="讲师需持证"
    )
    is_active = models.BooleanField("启用", default=True)

    class Meta:
        verbose_name = verbose_name_plural = "宣讲主题"
        ordering = ["code"]

    def __str__(self) -> str:
        return self.name


class Lecturer(models.Model):
    """Somebody who gives lectures, and about what (讲师库)."""

    person = models.OneToOneField(
        Person, models.CASCADE, related_name="lecturer", verbose_name="人员"
    )
    topics = models.ManyToManyField(LectureTopic, related_name="lecturers", verbose_name="主题")
    most_a_month = models.PositiveSmallIntegerField("每月最多（场）", default=4)
    words = models.CharField("简介", max_length=200, blank=True)
    is_active = models.BooleanField("在库", default=True)
    is_generated = models.BooleanField("演示数据", default=False)

    class Meta:
        verbose_name = verbose_name_plural = "讲师"
        ordering = ["person__number"]
        constraints = [
            models.CheckConstraint(
                condition=Q(most_a_month__range=(1, 31)), name="lecturer_most_a_month_sane"
            )
        ]

    def __str__(self) -> str:
        return str(self.person)

    @property
    def number(self) -> str:
        """Return the number of the person, which audit events name."""
        return self.person.number


class LectureRequest(models.Model):
    """A unit or base asks for a lecture; who could give it is ranked, and one is chosen (点讲)."""

    number = models.CharField("点讲单号", max_length=24, unique=True)
    topic = models.ForeignKey(LectureTopic, models.PROTECT, verbose_name="主题")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name="承办单位")
    asker_unit = models.ForeignKey(
        Unit, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="点讲方单位"
    )
    asked_for = models.CharField("点讲单位", max_length=60)
    area = models.ForeignKey(Area, models.PROTECT, related_name="+", verbose_name="所在区域")
    site = models.ForeignKey(
        Site, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="阵地"
    )
    place = models.CharField("地点", max_length=80, blank=True)
    wishes = models.JSONField("希望的时间", default=list)
    minutes = models.PositiveSmallIntegerField("时长（分钟）")
    audience = models.PositiveIntegerField("听众人数", default=0)
    contact = EncryptedTextField("联系人与电话", blank=True)
    phone_index = models.CharField("电话指纹", max_length=64, blank=True)
    token_hash = models.CharField("链接指纹", max_length=64, null=True, blank=True, unique=True)
    words = models.TextField("要求", blank=True)
    status = models.CharField(
        "状态", max_length=12, choices=[*lifecycle.LECTURE_LABELS.items()], default="ASKED"
    )
    wish = models.PositiveSmallIntegerField("选定第几个时间", null=True, blank=True)
    ranking = models.JSONField("排序依据", default=list, blank=True)
    lecturer = models.ForeignKey(
        Lecturer, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="讲师"
    )
    session = models.OneToOneField(
        Session,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="lecture_request",
        verbose_name="场次",
    )
    reason = models.CharField("选定或不能安排的理由", max_length=200, blank=True)
    asked_by = models.CharField("登记人", max_length=64)
    asked_at = models.DateTimeField("登记时间")
    is_generated = models.BooleanField("演示数据", default=False)

    class Meta:
        verbose_name = verbose_name_plural = "点讲单"
        ordering = ["-asked_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=[*lifecycle.LECTURE_LABELS]), name="lecture_status_known"
            ),
            models.CheckConstraint(
                condition=Q(status="ARRANGED", session__isnull=False, lecturer__isnull=False)
                | (~Q(status="ARRANGED") & Q(session=None, lecturer=None)),
                name="lecture_arranged_iff_session",
            ),
        ]

    def __str__(self) -> str:
        return self.number
