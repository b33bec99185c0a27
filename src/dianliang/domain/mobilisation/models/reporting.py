"""What a commander told of an incident at a moment (情况报告), and what was learnt (经验教训)."""

from django.db import models
from django.db.models import F, Q

from dianliang.domain.incidents.models import Incident, OperationalPeriod
from dianliang.domain.mobilisation import lifecycle
from dianliang.domain.workforce.models import Person


class SituationReport(models.Model):
    """An incident's figures as of a moment (情况报告). Never changed: the next report is another.

    `body` holds sections of figures, each with its unit and how it was counted; `records` the
    records behind each figure as they were, packed; `digest` is SHA-256 over both, and stands in
    the trail as well. It covers [`since_at`, `made_at`): since the report before.
    """

    number = models.CharField("报告编号", max_length=24, unique=True)
    incident = models.ForeignKey(
        Incident, models.PROTECT, related_name="reports", verbose_name="事件"
    )
    position = models.PositiveIntegerField("第几期")
    period = models.ForeignKey(
        OperationalPeriod,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="时段",
    )
    since_at = models.DateTimeField("起")
    made_at = models.DateTimeField("截至")
    made_by = models.CharField("编制人", max_length=64)
    body = models.JSONField("内容")
    records = models.BinaryField("明细")
    digest = models.CharField("摘要", max_length=64)

    class Meta:
        verbose_name = verbose_name_plural = "情况报告"
        ordering = ["incident", "-position"]
        constraints = [
            models.UniqueConstraint(
                fields=["incident", "position"], name="situation_report_position"
            ),
            models.CheckConstraint(
                condition=Q(since_at__lte=F("made_at")), name="situation_report_span"
            ),
            models.CheckConstraint(condition=Q(position__gt=0), name="situation_report_counts"),
        ]

    def __str__(self) -> str:
        return self.number


class Lesson(models.Model):
    """What is to be done better next time (经验教训): by whom, until when, and what came of it."""

    number = models.CharField("条目编号", max_length=24, unique=True)
    incident = models.ForeignKey(
        Incident, models.PROTECT, related_name="lessons", verbose_name="事件"
    )
    words = models.CharField("经验教训", max_length=300)
    action = models.CharField("改进措施", max_length=300)
    owner = models.ForeignKey(Person, models.PROTECT, related_name="+", verbose_name="责任人")
    due_on = models.DateField("完成期限")
    status = models.CharField(
        "状态", max_length=8, choices=[*lifecycle.LESSON_LABELS.items()], default="OPEN"
    )
    outcome = models.CharField("落实情况", max_length=300, blank=True)
    noted_by = models.CharField("登记人", max_length=64)
    noted_at = models.DateTimeField("登记时间")
    ended_at = models.DateTimeField("办结时间", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "经验教训"
        ordering = ["due_on", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=[*lifecycle.LESSON_LABELS]), name="lesson_status_known"
            ),
            models.CheckConstraint(condition=~Q(words="") & ~Q(action=""), name="lesson_says_what"),
            models.CheckConstraint(
                condition=Q(status="OPEN", ended_at=None, outcome="")
                | (~Q(status="OPEN") & Q(ended_at__isnull=False) & ~Q(outcome="")),
                name="lesson_ends_with_an_outcome",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.words}"
