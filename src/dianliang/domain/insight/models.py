"""What many people speak of, run by run, and what people said about it.

Other figures need no tables: they are computed from records.
"""

from django.db import models
from django.db.models import Q

from dianliang.domain.territory.models import Area


class HotRun(models.Model):
    """One look through the needs of the last weeks for what many speak of (热点分析)."""

    at = models.DateTimeField("时间")
    made_by = models.CharField("由谁发起", max_length=64)
    reports = models.PositiveIntegerField("读了多少条反映")
    newest_report = models.BigIntegerField("读到的最新反映")

    class Meta:
        verbose_name = verbose_name_plural = "热点分析"
        indexes = [models.Index(fields=["at"], name="hot_run_at")]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M}"


class HotIssue(models.Model):
    """A matter that several people spoke of, as one run found it (热点问题).

    `code` stays from run to run. It holds no words of anybody: `reports` says which reports belong
    to it (identifier, person within this issue, time, how grave), and a title is read from them.
    """

    class Trend(models.TextChoices):
        """How many spoke of it in the last days, beside the days before."""

        NEW = "new", "新"
        RISING = "rising", "升"
        STEADY = "steady", "平"
        FALLING = "falling", "降"

    run = models.ForeignKey(HotRun, models.CASCADE, related_name="issues", verbose_name="分析")
    code = models.CharField("热点编号", max_length=40)
    central = models.CharField("最有代表性的需求", max_length=24)
    reports = models.JSONField("反映")
    reporters = models.PositiveIntegerField("人数")
    heat = models.FloatField("热度")
    trend = models.CharField("趋势", max_length=8, choices=Trend.choices)
    area = models.ForeignKey(Area, models.SET_NULL, null=True, blank=True, verbose_name="所在区域")
    place = models.CharField("提到的地点", max_length=60, blank=True)
    lat = models.FloatField("纬度", null=True, blank=True)
    lon = models.FloatField("经度", null=True, blank=True)
    first_at = models.DateTimeField("首次反映")
    last_at = models.DateTimeField("最近反映")

    class Meta:
        verbose_name = verbose_name_plural = "热点问题"
        constraints = [
            models.UniqueConstraint(fields=["run", "code"], name="hot_issue_once_a_run"),
            models.CheckConstraint(
                condition=Q(trend__in=["new", "rising", "steady", "falling"]),
                name="hot_issue_trend_known",
            ),
        ]

    def __str__(self) -> str:
        return self.code


class HotMark(models.Model):
    """A person knows of a hot issue, or works on it (热点标记). Never changed; the last counts."""

    class State(models.TextChoices):
        """What the person says."""

        SEEN = "seen", "已知悉"
        WORKING = "working", "正在处理"

    code = models.CharField("热点编号", max_length=40, db_index=True)
    state = models.CharField("标记", max_length=8, choices=State.choices)
    note = models.CharField("说明", max_length=200)
    heat = models.FloatField("当时的热度")
    at = models.DateTimeField("时间")
    by_id = models.CharField("操作者编号", max_length=64)
    by_name = models.CharField("操作者", max_length=64)
    unit_path = models.CharField("操作者单位", max_length=200)

    class Meta:
        verbose_name = verbose_name_plural = "热点标记"
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=["seen", "working"]), name="hot_mark_state_known"
            )
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.get_state_display()}"
