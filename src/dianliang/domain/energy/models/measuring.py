"""Measurement projects: a measure at one place, its readings before and after, what came out."""

from django.db import models
from django.db.models import Q

from dianliang.domain.directory.models import Unit
from dianliang.domain.energy import lifecycle


class MeasurementProject(models.Model):
    """A measure whose saving is to be measured (节能测量项目).

    `rows` are the readings of the last table, `digest` its fingerprint; `result` is what was
    computed of them. `agreed` is what the readings rest on besides: the meters of a curve, or the
    hours a year of option A with their standard error. `efficiency_before` and `efficiency_after`
    are what the mechanism rests on, `part_share` the part of the energy that it acts on; all as
    shares. `finding_number` is what an analysis of the firm found, where the project follows it up.
    """

    class Design(models.TextChoices):
        """How it is measured."""

        WEATHER = "weather", "整体计量：日电量对气温"
        CALENDAR = "calendar", "整体计量：日电量对日历"
        PRODUCTION = "production", "按产量折算：日电量对产量"
        TRIAL = "trial", "对照或交叉试验"
        HOURLY = "hourly", "整体计量：小时电量对气温"
        SAMPLES = "samples", "关键参数：样本功率乘约定小时"
        BILLS = "bills", "校准模型：账单校准"

    number = models.CharField("项目编号", max_length=24, unique=True)
    title = models.CharField("名称", max_length=80)
    subject_name = models.CharField("企业或对象", max_length=80)
    subject_number = models.CharField("对象编号", max_length=40, blank=True)
    finding_number = models.CharField("来自的发现", max_length=24, blank=True)
    boundary = models.CharField("测量边界", max_length=300)
    design = models.CharField("测量设计", max_length=12, choices=Design.choices)
    measure_on = models.DateField("措施投用日期")
    efficiency_before = models.FloatField("改造前效率", null=True, blank=True)
    efficiency_after = models.FloatField("改造后效率", null=True, blank=True)
    part_share = models.FloatField("受影响部分占能耗的比例", default=1.0)
    events = models.JSONField("非例行事件", default=list, blank=True)
    rows = models.JSONField("读数", default=list, blank=True)
    agreed = models.JSONField("约定", default=dict, blank=True)
    source = models.CharField("读数文件", max_length=80, blank=True)
    digest = models.CharField("文件摘要", max_length=64, blank=True)
    result = models.JSONField("计算结果", null=True, blank=True)
    refusal = models.CharField("算不出的原因", max_length=300, blank=True)
    refusal_told = models.JSONField("算不出的原因的组成", null=True, blank=True)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name="所属单位")
    status = models.CharField(
        "状态", max_length=12, choices=[*lifecycle.PROJECT_LABELS.items()], default="OPEN"
    )
    opened_by = models.CharField("登记人", max_length=64)
    opened_at = models.DateTimeField("登记时间")
    is_generated = models.BooleanField("演示数据", default=False)

    class Meta:
        verbose_name = verbose_name_plural = "节能测量项目"
        ordering = ["-opened_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=[*lifecycle.PROJECT_LABELS]),
                name="energy_project_status_known",
            ),
            models.CheckConstraint(
                condition=Q(efficiency_before=None, efficiency_after=None)
                | Q(
                    efficiency_before__gt=0,
                    efficiency_after__lte=1,
                    efficiency_after__gte=models.F("efficiency_before"),
                ),
                name="energy_project_efficiency",
            ),
            models.CheckConstraint(
                condition=Q(part_share__gt=0, part_share__lte=1), name="energy_project_share"
            ),
            models.CheckConstraint(
                condition=Q(status__in=["COMPUTED", "STATED"], result__isnull=False)
                | Q(status__in=["OPEN", "READY", "FAILED", "CLOSED"]),
                name="energy_project_result_iff_computed",
            ),
        ]

    def __str__(self) -> str:
        return self.title
