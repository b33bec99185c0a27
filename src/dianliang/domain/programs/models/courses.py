"""Courses with attendance, a test and a certificate (课程, 003-04)."""

from django.db import models
from django.db.models import Q

from dianliang.domain.catalog.models import Skill
from dianliang.domain.directory.models import Unit
from dianliang.domain.programs import lifecycle
from dianliang.domain.workforce.models import Certificate, Person


class Course(models.Model):
    """Sessions that belong together and end with a judgement, perhaps a certificate (课程)."""

    number = models.CharField("课程编号", max_length=24, unique=True)
    title = models.CharField("名称", max_length=60)
    unit = models.ForeignKey(Unit, models.PROTECT, verbose_name="主办单位")
    words = models.TextField("说明", blank=True)
    skill = models.ForeignKey(
        Skill, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="授予技能"
    )
    valid_months = models.PositiveSmallIntegerField("证书有效（月）", default=12)
    least_percent = models.PositiveSmallIntegerField("最低出勤（%）", default=80)
    pass_mark = models.PositiveSmallIntegerField("及格分", null=True, blank=True)
    status = models.CharField(
        "状态", max_length=12, choices=[*lifecycle.COURSE_LABELS.items()], default="OPEN"
    )
    created_by = models.CharField("编制人", max_length=64)
    created_at = models.DateTimeField("编制时间")
    is_generated = models.BooleanField("演示数据", default=False)

    class Meta:
        verbose_name = verbose_name_plural = "课程"
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=[*lifecycle.COURSE_LABELS]), name="course_status_known"
            ),
            models.CheckConstraint(
                condition=Q(least_percent__lte=100)
                & (Q(pass_mark=None) | Q(pass_mark__lte=100))
                & Q(valid_months__range=(1, 120)),
                name="course_rules_sane",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.title}"


class Enrolment(models.Model):
    """Somebody takes a course (学员), and what came of it."""

    course = models.ForeignKey(
        Course, models.PROTECT, related_name="enrolments", verbose_name="课程"
    )
    person = models.ForeignKey(
        Person, models.PROTECT, related_name="enrolments", verbose_name="学员"
    )
    status = models.CharField(
        "状态", max_length=12, choices=[*lifecycle.ENROLMENT_LABELS.items()], default="ENROLLED"
    )
    mark = models.PositiveSmallIntegerField("成绩", null=True, blank=True)
    attended = models.PositiveSmallIntegerField("出勤（次）", null=True, blank=True)
    held = models.PositiveSmallIntegerField("应到（次）", null=True, blank=True)
    because = models.CharField("判定依据", max_length=200, blank=True)
    certificate = models.OneToOneField(
        Certificate,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="enrolment",
        verbose_name="证书",
    )
    enrolled_at = models.DateTimeField("报名时间")

    class Meta:
        verbose_name = verbose_name_plural = "学员"
        ordering = ["enrolled_at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=[*lifecycle.ENROLMENT_LABELS]),
                name="enrolment_status_known",
            ),
            models.CheckConstraint(
                condition=Q(mark=None) | Q(mark__lte=100), name="enrolment_mark_sane"
            ),
            models.UniqueConstraint(fields=["course", "person"], name="enrolment_once"),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def number(self) -> str:
        """Return what audit events call it."""
        return f"{self.course.number}/{self.person.number}"
