"""Work along a line (线路作业): lights on a dike, the patrol of a feeder; and how far it is."""

from django.db import models
from django.db.models import F, Q, QuerySet

from dianliang.domain.incidents.models import Incident
from dianliang.domain.mobilisation import lifecycle
from dianliang.domain.workforce.models import Team


class LineWork(models.Model):
    """What an incident asks for along a path (线路作业); its parts are tasks, see `Task.line`.

    Metres are counted from the first point of `path` (lists of latitude and longitude) on. A
    person-day is `day_h` hours of work on the line, without ways and breaks; `people` is how many
    of a crew work on it.
    """

    number = models.CharField("编号", max_length=24, unique=True)
    incident = models.ForeignKey(
        Incident, models.PROTECT, related_name="lines", verbose_name="事件"
    )
    title = models.CharField("作业", max_length=40)
    path = models.JSONField("走向")
    length_m = models.FloatField("全长（米）")
    km_per_person_day = models.FloatField("每人每天公里数")
    day_h = models.FloatField("一人天作业小时")
    people = models.PositiveSmallIntegerField("每队人数")
    rank = models.CharField("等级", max_length=10, choices=lifecycle.RANKS)
    due_at = models.DateTimeField("完成时限")
    opened_by = models.CharField("登记人", max_length=64)
    opened_at = models.DateTimeField("登记时间")
    cancelled_at = models.DateTimeField("撤销时间", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "线路作业"
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(length_m__gt=0, km_per_person_day__gt=0, day_h__gt=0, people__gt=0),
                name="line_work_measures",
            ),
            models.CheckConstraint(
                condition=Q(rank__in=[code for code, _ in lifecycle.RANKS]),
                name="line_work_rank_known",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.title}"

    @property
    def s_per_km(self) -> float:
        """Return how long a crew works on a kilometre, in seconds."""
        return float(self.day_h * 3600 / (self.km_per_person_day * self.people))


class StandingReports(models.Manager["LineReport"]):
    """Reports that nobody has taken back: all that counts."""

    def get_queryset(self) -> QuerySet["LineReport"]:
        """Leave out what was taken back."""
        return super().get_queryset().filter(taken_back_at=None)


class LineReport(models.Model):
    """A crew says that it has done so many metres of a line (线路进度).

    `new_m` is how much of it nobody had reported before. Its span is never changed; a commander
    may take it back, and the trail says why: `objects` has what stands, `told` all.
    """

    line = models.ForeignKey(
        LineWork, models.PROTECT, related_name="reports", verbose_name="线路作业"
    )
    team = models.ForeignKey(Team, models.PROTECT, related_name="+", verbose_name="队伍")
    on = models.DateField("班次日期")
    from_m = models.FloatField("从（米）")
    to_m = models.FloatField("到（米）")
    new_m = models.FloatField("新增（米）")
    told_at = models.DateTimeField("报告时间")
    received_at = models.DateTimeField("收到时间")
    taken_back_at = models.DateTimeField("撤回时间", null=True, blank=True)

    objects = StandingReports()
    told = models.Manager["LineReport"]()

    class Meta:
        verbose_name = verbose_name_plural = "线路进度"
        ordering = ["told_at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(from_m__gte=0, to_m__gt=F("from_m"), new_m__gte=0),
                name="line_report_span",
            )
        ]

    def __str__(self) -> str:
        return f"{self.line_id} {self.from_m:.0f}–{self.to_m:.0f}"
