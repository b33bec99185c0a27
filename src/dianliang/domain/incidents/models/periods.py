"""The spans in which an incident is worked on (作战时段), and what each is to reach."""

from django.db import models
from django.db.models import F, Q

from dianliang.domain.directory.models import Unit
from dianliang.domain.incidents import lifecycle
from dianliang.domain.incidents.models.incidents import Incident
from dianliang.domain.workforce.models import Person


class OperationalPeriod(models.Model):
    """A half-open span of an incident with one who commands the shift (ICS operational period).

    Each begins when the one before it ends; see `finality`, where the database insists on it.
    """

    incident = models.ForeignKey(
        Incident, models.PROTECT, related_name="periods", verbose_name="事件"
    )
    position = models.PositiveSmallIntegerField("第几时段")
    starts_at = models.DateTimeField("开始")
    ends_at = models.DateTimeField("结束")
    commander = models.ForeignKey(Person, models.PROTECT, related_name="+", verbose_name="当班指挥")
    weather = models.CharField("天气水情", max_length=300, blank=True)
    opened_by = models.CharField("登记人", max_length=64)
    opened_at = models.DateTimeField("登记时间")

    class Meta:
        verbose_name = verbose_name_plural = "作战时段"
        ordering = ["incident", "position"]
        constraints = [
            models.UniqueConstraint(
                fields=["incident", "position"], name="operational_period_position"
            ),
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("starts_at")), name="operational_period_span"
            ),
            models.CheckConstraint(condition=Q(position__gt=0), name="operational_period_counts"),
        ]

    def __str__(self) -> str:
        return f"{self.incident} #{self.position}"


class Objective(models.Model):
    """What a period is to reach (目标): what is counted, how much of it, in which unit."""

    number = models.CharField("目标编号", max_length=24, unique=True)
    period = models.ForeignKey(
        OperationalPeriod, models.PROTECT, related_name="objectives", verbose_name="时段"
    )
    words = models.CharField("目标", max_length=120)
    measure = models.CharField("衡量什么", max_length=60)
    target = models.DecimalField("目标值", max_digits=12, decimal_places=2)
    done = models.DecimalField("已完成", max_digits=12, decimal_places=2, default=0)
    counted_in = models.CharField("计量单位", max_length=12)
    unit = models.ForeignKey(
        Unit, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="责任单位"
    )
    status = models.CharField(
        "状态",
        max_length=12,
        choices=[*lifecycle.OBJECTIVE_LABELS.items()],
        default="OPEN",
    )
    copied_from = models.OneToOneField(
        "self", models.PROTECT, null=True, blank=True, related_name="copy", verbose_name="接续"
    )
    revision = models.PositiveIntegerField("稿次", default=0)

    class Meta:
        verbose_name = verbose_name_plural = "目标"
        ordering = ["period", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=[*lifecycle.OBJECTIVE_LABELS]),
                name="objective_status_known",
            ),
            models.CheckConstraint(
                condition=Q(target__gt=0, done__gte=0), name="objective_amounts"
            ),
            models.CheckConstraint(
                condition=~Q(counted_in="") & ~Q(measure="") & ~Q(words=""),
                name="objective_says_what",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.words}"
