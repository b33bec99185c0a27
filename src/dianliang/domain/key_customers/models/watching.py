"""The following of supply through an outage, a flood or an event, and what was reported."""

from django.db import models
from django.db.models import F, Q

from dianliang.core.fields import EncryptedTextField
from dianliang.core.models import StoredFile
from dianliang.domain.directory.models import Unit
from dianliang.domain.key_customers import lifecycle
from dianliang.domain.key_customers.models.register import KeyCustomer


class Watch(models.Model):
    """The following of key customers through an outage, a flood or an event (供电跟踪).

    `occasion_kind` and `occasion_number` name what it is about in another room; both may be empty.
    The half-open period begins with everybody supplied.
    """

    class Occasion(models.TextChoices):
        """What it is about."""

        OUTAGE = "outage", "停电"
        INCIDENT = "incident", "应急事件"
        ALERT = "alert", "预警"
        EVENT = "event", "重大活动保电"
        EXERCISE = "exercise", "演练"

    number = models.CharField("跟踪编号", max_length=24, unique=True)
    title = models.CharField("名称", max_length=80)
    occasion_kind = models.CharField("事由", max_length=10, choices=Occasion.choices)
    occasion_number = models.CharField("事由编号", max_length=24, blank=True)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name="单位")
    starts_at = models.DateTimeField("开始时间")
    ends_at = models.DateTimeField("结束时间", null=True, blank=True)
    status = models.CharField(
        "状态", max_length=8, choices=[*lifecycle.WATCH_LABELS.items()], default="OPEN"
    )
    opened_by = models.CharField("开立人", max_length=64)
    opened_at = models.DateTimeField("开立时间")
    is_generated = models.BooleanField("演示数据", default=False)

    class Meta:
        verbose_name = verbose_name_plural = "供电跟踪"
        ordering = ["-starts_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=[*lifecycle.WATCH_LABELS]), name="key_watch_status_known"
            ),
            models.CheckConstraint(
                condition=Q(status="OPEN", ends_at=None)
                | Q(status="CLOSED", ends_at__gt=F("starts_at")),
                name="key_watch_ends_iff_closed",
            ),
            models.CheckConstraint(
                condition=Q(occasion_kind__in=["outage", "incident", "alert", "event", "exercise"]),
                name="key_watch_occasion_known",
            ),
        ]
        indexes = [
            models.Index(fields=["occasion_kind", "occasion_number"], name="key_watch_occasion")
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.title}"


class Watched(models.Model):
    """A key customer is followed (跟踪对象): part of the real denominator from the beginning on."""

    watch = models.ForeignKey(
        Watch, models.CASCADE, related_name="watched", verbose_name="供电跟踪"
    )
    customer = models.ForeignKey(
        KeyCustomer, models.PROTECT, related_name="watched", verbose_name="重要客户"
    )
    added_at = models.DateTimeField("列入时间")
    added_by = models.CharField("列入人", max_length=64)

    class Meta:
        verbose_name = verbose_name_plural = "跟踪对象"
        constraints = [
            models.UniqueConstraint(fields=["watch", "customer"], name="key_watched_once")
        ]

    def __str__(self) -> str:
        return f"{self.watch} {self.customer}"


class SupplyReport(models.Model):
    """Somebody told how a key customer is supplied from a moment on (供电情况). Never changed.

    A second row corrects it: it holds in its place, or, withdrawn, takes it out.
    """

    class State(models.TextChoices):
        """How it is supplied."""

        NORMAL = "normal", "电网供电"
        LOST = "lost", "失电"
        OWN = "own", "自备电源供电"
        TIED = "tied", "应急电源供电"

    number = models.CharField("情况编号", max_length=24, unique=True)
    watched = models.ForeignKey(
        Watched, models.PROTECT, related_name="reports", verbose_name="跟踪对象"
    )
    state = models.CharField("供电状态", max_length=8, choices=State.choices)
    happened_at = models.DateTimeField("发生时间")
    generator = models.CharField("应急电源", max_length=40, blank=True)
    reporter = EncryptedTextField("报告人", blank=True)
    words = models.CharField("说明", max_length=200, blank=True)
    evidence = models.ForeignKey(
        StoredFile, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="照片"
    )
    corrects = models.OneToOneField(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="corrected_by",
        verbose_name="更正",
    )
    is_withdrawn = models.BooleanField("撤回", default=False)
    reported_at = models.DateTimeField("登记时间")
    recorded_by = models.CharField("登记人", max_length=64)

    class Meta:
        verbose_name = verbose_name_plural = "供电情况"
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=["normal", "lost", "own", "tied"]),
                name="key_report_state_known",
            ),
            models.CheckConstraint(
                condition=Q(state="tied", generator__gt="") | (~Q(state="tied") & Q(generator="")),
                name="key_report_generator_iff_tied",
            ),
            models.CheckConstraint(
                condition=Q(is_withdrawn=False) | Q(corrects__isnull=False),
                name="key_report_withdraws_another",
            ),
            models.CheckConstraint(
                condition=Q(corrects=None) | ~Q(words=""), name="key_report_correction_says_why"
            ),
        ]
        indexes = [models.Index(fields=["watched", "happened_at"], name="key_report_in_order")]

    def __str__(self) -> str:
        return f"{self.number} {self.get_state_display()}"
