"""What many people speak of, run by run, and what people said about it; the files of villages.

Other figures need no tables: they are computed from records.
"""

from django.db import models
from django.db.models import Q

from dianliang.core.models import StoredFile
from dianliang.domain.insight import lifecycle
from dianliang.domain.territory.models import Area
from dianliang.domain.venues.models import Site


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


class VillageProfile(models.Model):
    """What no other record tells of a village (村社区概况); people keep it."""

    area = models.OneToOneField(Area, models.CASCADE, related_name="profile", verbose_name="村社区")
    households = models.PositiveIntegerField("总户数", null=True, blank=True)
    population = models.PositiveIntegerField("常住人口", null=True, blank=True)
    station = models.ForeignKey(
        Site,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="电力服务站",
        help_text="不填时按最近的服务站。",
    )
    summary = models.CharField("概况", max_length=400, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "村社区概况"

    def __str__(self) -> str:
        return f"{self.area}"


class PlanItem(models.Model):
    """Something to be done for a village within a year (年度计划事项), with a day and a state."""

    number = models.CharField("计划事项编号", max_length=24, unique=True)
    area = models.ForeignKey(Area, models.PROTECT, related_name="plan_items", verbose_name="村社区")
    year = models.PositiveSmallIntegerField("年度")
    title = models.CharField("事项", max_length=120)
    owner = models.CharField("责任人或单位", max_length=40, blank=True)
    due_on = models.DateField("完成期限")
    status = models.CharField(
        "状态",
        max_length=12,
        choices=[*lifecycle.PLAN_ITEM_LABELS.items()],
        default="PLANNED",
    )
    is_generated = models.BooleanField("演示数据", default=False)

    class Meta:
        verbose_name = verbose_name_plural = "年度计划事项"
        ordering = ["due_on", "number"]
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=[*lifecycle.PLAN_ITEM_LABELS]),
                name="plan_item_status_known",
            )
        ]
        indexes = [models.Index(fields=["area", "year"], name="plan_item_of_year")]

    def __str__(self) -> str:
        return f"{self.number} {self.title}"


class VillagePhoto(models.Model):
    """A photo in the file of a village (村社区照片): of things, not of persons."""

    area = models.ForeignKey(Area, models.PROTECT, related_name="photos", verbose_name="村社区")
    file = models.ForeignKey(StoredFile, models.PROTECT, related_name="+", verbose_name="照片")
    caption = models.CharField("说明", max_length=60)
    taken_on = models.DateField("拍摄日期")
    removed_at = models.DateTimeField(
        "移出时间",
        null=True,
        blank=True,
        help_text="移出后旧版档案仍能显示它。",
    )

    class Meta:
        verbose_name = verbose_name_plural = "村社区照片"
        ordering = ["taken_on", "pk"]

    def __str__(self) -> str:
        return self.caption


class VillageVersion(models.Model):
    """The file of a village as it stood at an instant (一村一档版本). Never changed.

    `body` says everything that was in it and which schema it follows; `digest` proves it.
    """

    area = models.ForeignKey(
        Area, models.PROTECT, related_name="file_versions", verbose_name="村社区"
    )
    number = models.PositiveIntegerField("版本")
    body = models.JSONField("内容")
    digest = models.CharField("摘要", max_length=64)
    made_at = models.DateTimeField("生成时间")
    made_by = models.CharField("生成人", max_length=64)
    reason = models.CharField("原因", max_length=200)

    class Meta:
        verbose_name = verbose_name_plural = "一村一档版本"
        ordering = ["-number"]
        constraints = [
            models.UniqueConstraint(fields=["area", "number"], name="village_version_once"),
            models.CheckConstraint(condition=Q(number__gte=1), name="village_version_from_one"),
        ]
        indexes = [models.Index(fields=["area", "made_at"], name="village_version_as_of")]

    def __str__(self) -> str:
        return f"{self.area} 第 {self.number} 版"
