"""Villages whose grid is rebuilt, stage by stage."""

from django.db import models
from django.db.models import F, Q

from dianliang.domain.directory.models import Unit
from dianliang.domain.renewal import lifecycle
from dianliang.domain.territory.models import Area


class Party(models.TextChoices):
    """Who answers for a stage: 供电主导、政府配合、乡村协同."""

    UTILITY = "utility", "供电"
    GOVERNMENT = "government", "政府"
    VILLAGE = "village", "村"


class Stage(models.Model):
    """A stage that every village goes through (改造阶段). Data, not code.

    One that may overlap can begin while the stages before it are still running; it can end only
    after them. `needs_after` keeps it open until every indicator was measured again.
    """

    code = models.CharField("阶段编码", max_length=16, unique=True)
    name = models.CharField("名称", max_length=24, unique=True)
    position = models.PositiveSmallIntegerField("次序")
    party = models.CharField("责任方", max_length=10, choices=Party.choices)
    usual_days = models.PositiveSmallIntegerField("通常用时（天）", default=30)
    may_overlap = models.BooleanField("可与前一阶段同时进行", default=False)
    needs_after = models.BooleanField("须有改造后指标", default=False)
    is_active = models.BooleanField("启用", default=True)

    class Meta:
        verbose_name = verbose_name_plural = "改造阶段"
        ordering = ["position", "code"]
        constraints = [
            models.CheckConstraint(
                condition=Q(party__in=["utility", "government", "village"]),
                name="renewal_stage_party_known",
            )
        ]

    def __str__(self) -> str:
        return self.name


class IndicatorKind(models.Model):
    """Something that is measured before and after (改造指标), with unit and direction."""

    class Better(models.TextChoices):
        """Which way is progress."""

        LOWER = "lower", "越低越好"
        HIGHER = "higher", "越高越好"

    code = models.CharField("指标编码", max_length=16, unique=True)
    name = models.CharField("名称", max_length=40, unique=True)
    unit = models.CharField("单位", max_length=12)
    better = models.CharField("方向", max_length=6, choices=Better.choices)
    most = models.FloatField("上限", null=True, blank=True)
    method = models.CharField("口径", max_length=200, blank=True)
    position = models.PositiveSmallIntegerField("次序", default=0)
    is_active = models.BooleanField("启用", default=True)

    class Meta:
        verbose_name = verbose_name_plural = "改造指标"
        ordering = ["position", "code"]
        constraints = [
            models.CheckConstraint(
                condition=Q(better__in=["lower", "higher"]), name="renewal_indicator_direction"
            )
        ]

    def __str__(self) -> str:
        return self.name


class Project(models.Model):
    """The rebuilding of one village's grid (千村改造)."""

    number = models.CharField("项目编号", max_length=24, unique=True)
    area = models.OneToOneField(
        Area, models.PROTECT, related_name="renewal", verbose_name="村（社区）"
    )
    batch = models.CharField("批次", max_length=24)
    unit = models.ForeignKey(Unit, models.PROTECT, verbose_name="责任单位")
    opened_at = models.DateTimeField("登记时间")
    opened_by = models.CharField("登记人", max_length=64)
    is_generated = models.BooleanField("演示数据", default=False)

    class Meta:
        verbose_name = verbose_name_plural = "改造项目"
        ordering = ["number"]

    def __str__(self) -> str:
        return f"{self.number} {self.area}"


class Step(models.Model):
    """One stage of one village: who answers for it, planned and actual days (阶段进度)."""

    project = models.ForeignKey(
        Project, models.CASCADE, related_name="steps", verbose_name="改造项目"
    )
    stage = models.ForeignKey(Stage, models.PROTECT, verbose_name="阶段")
    status = models.CharField(
        "状态", max_length=8, choices=[*lifecycle.STEP_LABELS.items()], default="PENDING"
    )
    party = models.CharField("责任方", max_length=10, choices=Party.choices)
    responsible = models.CharField("责任人或部门", max_length=40, blank=True)
    first_planned_on = models.DateField("最初计划完成", null=True, blank=True)
    planned_on = models.DateField("计划完成", null=True, blank=True)
    begun_on = models.DateField("开始日期", null=True, blank=True)
    done_on = models.DateField("完成日期", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "阶段进度"
        ordering = ["stage__position"]
        constraints = [
            models.UniqueConstraint(fields=["project", "stage"], name="renewal_step_once"),
            models.CheckConstraint(
                condition=Q(status__in=[*lifecycle.STEP_LABELS]), name="renewal_step_status_known"
            ),
            models.CheckConstraint(
                condition=Q(party__in=["utility", "government", "village"]),
                name="renewal_step_party_known",
            ),
            models.CheckConstraint(
                condition=Q(status="PENDING", begun_on=None, done_on=None)
                | Q(status="RUNNING", begun_on__isnull=False, done_on=None)
                | Q(status="DONE", done_on__gte=F("begun_on")),
                name="renewal_step_days_fit_status",
            ),
            models.CheckConstraint(
                condition=Q(planned_on=None, first_planned_on=None)
                | Q(planned_on__isnull=False, first_planned_on__isnull=False),
                name="renewal_step_first_plan_is_kept",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.project} {self.stage}"

    @property
    def number(self) -> str:
        """Return the number of the project and the stage, which audit events name."""
        return f"{self.project.number}/{self.stage.code}"

    @property
    def needs_earlier(self) -> bool:
        """Tell whether it stands on the stages before it being done."""
        return self.status == "DONE" or (self.status == "RUNNING" and not self.stage.may_overlap)


class Delay(models.Model):
    """A planned day that moved back, or was missed, and why (延期)."""

    class Cause(models.TextChoices):
        """Why it takes longer."""

        CIVIL = "civil", "民事协调（青苗、通道、占地）"
        PERMIT = "permit", "审批手续"
        MATERIAL = "material", "物资到货"
        CREW = "crew", "施工力量"
        WEATHER = "weather", "天气与汛情"
        OUTAGE = "outage", "停电安排"
        DESIGN = "design", "设计变更"
        OTHER = "other", "其他"

    step = models.ForeignKey(Step, models.CASCADE, related_name="delays", verbose_name="阶段进度")
    cause = models.CharField("原因", max_length=10, choices=Cause.choices)
    words = models.CharField("说明", max_length=200)
    planned_before = models.DateField("原计划")
    planned_after = models.DateField("改为")
    noted_at = models.DateTimeField("登记时间")
    noted_by = models.CharField("登记人", max_length=64)

    class Meta:
        verbose_name = verbose_name_plural = "延期"
        ordering = ["noted_at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(
                    cause__in=[
                        "civil",
                        "permit",
                        "material",
                        "crew",
                        "weather",
                        "outage",
                        "design",
                        "other",
                    ]
                ),
                name="renewal_delay_cause_known",
            ),
            models.CheckConstraint(
                condition=Q(planned_after__gt=F("planned_before")), name="renewal_delay_goes_back"
            ),
            models.CheckConstraint(condition=~Q(words=""), name="renewal_delay_has_words"),
        ]

    def __str__(self) -> str:
        return f"{self.step} {self.planned_before}→{self.planned_after}"


class Reading(models.Model):
    """What an indicator was before and after, in one village (改造前后)."""

    project = models.ForeignKey(
        Project, models.CASCADE, related_name="readings", verbose_name="改造项目"
    )
    kind = models.ForeignKey(IndicatorKind, models.PROTECT, verbose_name="指标")
    before = models.FloatField("改造前", null=True, blank=True)
    before_on = models.DateField("改造前测量日期", null=True, blank=True)
    after = models.FloatField("改造后", null=True, blank=True)
    after_on = models.DateField("改造后测量日期", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "改造前后"
        ordering = ["kind__position"]
        constraints = [
            models.UniqueConstraint(fields=["project", "kind"], name="renewal_reading_once"),
            models.CheckConstraint(
                condition=Q(before=None, before_on=None)
                | Q(before__gte=0, before_on__isnull=False),
                name="renewal_reading_before_has_a_day",
            ),
            models.CheckConstraint(
                condition=Q(after=None, after_on=None) | Q(after__gte=0, after_on__isnull=False),
                name="renewal_reading_after_has_a_day",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.project} {self.kind}"
