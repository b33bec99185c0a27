"""Grid projects, what they are measured against, and who belongs to their task forces."""

from collections.abc import Iterable

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q

from dianliang.domain.directory.models import Unit
from dianliang.domain.grid_projects import lifecycle
from dianliang.domain.network.models import Feeder
from dianliang.domain.territory.models import Area
from dianliang.domain.workforce.models import Person
from dianliang.kernel.phrases import Phrase, joined


class ProjectKind(models.TextChoices):
    """What is built."""

    LINE = "line", "新建线路"
    SUBSTATION = "substation", "变电站"
    RENEWAL = "renewal", "配网改造"
    CABLE = "cable", "电缆入地"


class Voltage(models.TextChoices):
    """Nominal voltage (GB/T 156)."""

    KV220 = "220kV", "220 千伏"
    KV110 = "110kV", "110 千伏"
    KV35 = "35kV", "35 千伏"
    KV20 = "20kV", "20 千伏"
    KV10 = "10kV", "10 千伏"
    V380 = "0.4kV", "380 伏"


class StepTemplate(models.Model):
    """A milestone that projects of a kind begin with (里程碑模板). Data, not code.

    `after` names the steps that it waits for; `gate` is the verb of the project that happens with
    it. `usual_days` are calendar days of this county's habit, no standard.
    """

    class Gate(models.TextChoices):
        """What becomes of the project when the step is reached."""

        NONE = "", "—"
        START = "start", "开工"
        ENERGISE = "energise", "投运"

    code = models.CharField("编码", max_length=32, unique=True)
    kind = models.CharField("项目类型", max_length=12, choices=ProjectKind.choices)
    step = models.CharField("里程碑编码", max_length=16)
    name = models.CharField("名称", max_length=24)
    position = models.PositiveSmallIntegerField("次序")
    usual_days = models.PositiveSmallIntegerField("通常用时（天）")
    after = models.JSONField("在其后", default=list, blank=True)
    gate = models.CharField("关口", max_length=8, choices=Gate.choices, blank=True)
    is_active = models.BooleanField("启用", default=True)

    class Meta:
        verbose_name = verbose_name_plural = "里程碑模板"
        ordering = ["kind", "position"]
        constraints = [
            models.UniqueConstraint(fields=["kind", "step"], name="step_template_once"),
            models.CheckConstraint(
                condition=Q(kind__in=["line", "substation", "renewal", "cable"]),
                name="step_template_kind_known",
            ),
            models.CheckConstraint(
                condition=Q(gate__in=["", "start", "energise"]), name="step_template_gate_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.name}"

    def clean(self) -> None:
        """Refuse what makes no network of the steps of a kind.

        Raises:
            ValidationError: it waits for itself, a later step or an unknown one, or an earlier
                step waits for it.
        """
        others = list(StepTemplate.objects.filter(kind=self.kind).exclude(pk=self.pk))
        wrong = self.wrong_after(others)
        if wrong:
            raise ValidationError({"after": wrong})
        early = next((o for o in others if _waits(o, self.step) and not self.is_before(o)), None)
        if early is not None:
            message = Phrase("“%(name)s”在它之后，次序应更大。", name=early.name)
            raise ValidationError({"position": message})

    def wrong_after(self, known: Iterable["StepTemplate"]) -> str:
        """Say what is wrong with what the step waits for, given the steps of its kind; or ""."""
        if not isinstance(self.after, list):
            return Phrase("“%(name)s”的“在其后”应为里程碑编码的列表。", name=self.name)
        earlier = {row.step for row in known if row.is_before(self)}
        wrong = [
            str(code) for code in self.after if not isinstance(code, str) or code not in earlier
        ]
        if not wrong:
            return ""
        return Phrase(
            "“%(name)s”的“在其后”只能写次序在它之前的里程碑，%(codes)s 不是。",
            name=self.name,
            codes=joined("、", wrong),
        )

    def is_before(self, other: "StepTemplate") -> bool:
        """Tell whether a step comes before another."""
        return (self.position or 0) < (other.position or 0)


def _waits(row: StepTemplate, step: str) -> bool:
    return isinstance(row.after, list) and step in row.after


class NormDuration(models.Model):
    """How long a kind of project should take (参照工期), from start to energising, in days.

    Entered with its source, never shipped: a version counts from its day on and is never changed.
    """

    kind = models.CharField("项目类型", max_length=12, choices=ProjectKind.choices)
    voltage = models.CharField("电压等级", max_length=8, choices=Voltage.choices)
    from_on = models.DateField("起用日期")
    days = models.PositiveSmallIntegerField("开工至投运（天）")
    source = models.CharField("来源（文件名、文号、条款）", max_length=200)
    entered_by = models.CharField("登记人", max_length=64)
    entered_at = models.DateTimeField("登记时间")
    is_generated = models.BooleanField("演示数据", default=False)

    class Meta:
        verbose_name = verbose_name_plural = "参照工期"
        ordering = ["kind", "voltage", "from_on"]
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "voltage", "from_on"], name="norm_duration_version_once"
            ),
            models.CheckConstraint(condition=Q(days__gt=0), name="norm_duration_has_days"),
            models.CheckConstraint(condition=~Q(source=""), name="norm_duration_has_source"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.voltage} {self.from_on}"

    @property
    def number(self) -> str:
        """Return what audit events name."""
        return f"{self.kind}/{self.voltage}/{self.from_on}"


class Project(models.Model):
    """A grid project (电网建设项目), seed rows 003-11 and 000-09. Only `operations` writes it."""

    number = models.CharField("项目编号", max_length=24, unique=True)
    name = models.CharField("名称", max_length=80)
    kind = models.CharField("类型", max_length=12, choices=ProjectKind.choices)
    voltage = models.CharField("电压等级", max_length=8, choices=Voltage.choices)
    length_km = models.FloatField("线路长度（公里）", null=True, blank=True)
    capacity_mva = models.FloatField("变电容量（兆伏安）", null=True, blank=True)
    budget_cny = models.DecimalField(
        "概算（元）", max_digits=14, decimal_places=2, null=True, blank=True
    )
    areas = models.ManyToManyField(
        Area, blank=True, related_name="grid_projects", verbose_name="涉及乡镇村"
    )
    feeder = models.ForeignKey(
        Feeder, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="所涉线路"
    )
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name="建设单位")
    task_force = models.ForeignKey(
        Unit,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="工作专班（临时组织）",
    )
    status = models.CharField(
        "状态", max_length=10, choices=[*lifecycle.PROJECT_LABELS.items()], default="PROPOSED"
    )
    pause_reason = models.CharField("停工原因", max_length=200, blank=True)
    lessons = models.TextField("总结", blank=True)
    opened_at = models.DateTimeField("登记时间")
    opened_by = models.CharField("登记人", max_length=64)
    is_generated = models.BooleanField("演示数据", default=False)

    class Meta:
        verbose_name = verbose_name_plural = "电网建设项目"
        ordering = ["number"]
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=[*lifecycle.PROJECT_LABELS]),
                name="grid_project_status_known",
            ),
            models.CheckConstraint(
                condition=Q(kind__in=["line", "substation", "renewal", "cable"]),
                name="grid_project_kind_known",
            ),
            models.CheckConstraint(
                condition=Q(voltage__in=["220kV", "110kV", "35kV", "20kV", "10kV", "0.4kV"]),
                name="grid_project_voltage_known",
            ),
            models.CheckConstraint(
                condition=(Q(length_km=None) | Q(length_km__gt=0))
                & (Q(capacity_mva=None) | Q(capacity_mva__gt=0))
                & (Q(budget_cny=None) | Q(budget_cny__gte=0)),
                name="grid_project_sizes",
            ),
            models.CheckConstraint(
                condition=Q(status="PAUSED", pause_reason__gt="")
                | ~Q(status="PAUSED") & Q(pause_reason=""),
                name="grid_project_paused_with_a_reason",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.name}"


class Milestone(models.Model):
    """A step of one project (里程碑): what it waits for, who answers, when it was reached."""

    project = models.ForeignKey(
        Project, models.CASCADE, related_name="milestones", verbose_name="项目"
    )
    code = models.CharField("编码", max_length=16)
    name = models.CharField("名称", max_length=24)
    position = models.PositiveSmallIntegerField("次序")
    after = models.ManyToManyField(
        "self", symmetrical=False, blank=True, related_name="before", verbose_name="在其后"
    )
    gate = models.CharField("关口", max_length=8, choices=StepTemplate.Gate.choices, blank=True)
    responsible = models.CharField("责任人或部门", max_length=40, blank=True)
    forecast_on = models.DateField("预计日期", null=True, blank=True)
    actual_on = models.DateField("实际日期", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "里程碑"
        ordering = ["project", "position"]
        constraints = [
            models.UniqueConstraint(fields=["project", "code"], name="milestone_once"),
            models.CheckConstraint(
                condition=Q(actual_on=None) | Q(forecast_on=None),
                name="milestone_reached_is_not_forecast",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.project} {self.name}"

    @property
    def number(self) -> str:
        """Return the number of the project and the step, which audit events name."""
        return f"{self.project.number}/{self.code}"


class Baseline(models.Model):
    """The planned days of all milestones (基准计划): a new version with a reason and two people."""

    project = models.ForeignKey(
        Project, models.CASCADE, related_name="baselines", verbose_name="项目"
    )
    version = models.PositiveSmallIntegerField("版本")
    starts_on = models.DateField("计划起算日")
    reason = models.CharField("原因", max_length=200)
    status = models.CharField(
        "状态", max_length=10, choices=[*lifecycle.BASELINE_LABELS.items()], default="PROPOSED"
    )
    proposed_by = models.CharField("编制人", max_length=64)
    proposed_by_account = models.CharField("编制账号", max_length=64)
    proposed_person = models.CharField("编制人编号", max_length=24, blank=True)
    proposed_at = models.DateTimeField("编制时间")
    decided_by = models.CharField("复核人", max_length=64, blank=True)
    decided_person = models.CharField("复核人编号", max_length=24, blank=True)
    decided_at = models.DateTimeField("复核时间", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "基准计划"
        ordering = ["project", "version"]
        constraints = [
            models.UniqueConstraint(fields=["project", "version"], name="baseline_version_once"),
            models.UniqueConstraint(
                fields=["project"], condition=Q(status="IN_FORCE"), name="baseline_one_in_force"
            ),
            models.UniqueConstraint(
                fields=["project"], condition=Q(status="PROPOSED"), name="baseline_one_proposed"
            ),
            models.CheckConstraint(
                condition=Q(status__in=[*lifecycle.BASELINE_LABELS]), name="baseline_status_known"
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="baseline_has_a_reason"),
            models.CheckConstraint(
                condition=Q(status="PROPOSED", decided_at=None)
                | ~Q(status="PROPOSED") & Q(decided_at__isnull=False),
                name="baseline_decided_iff_not_proposed",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.project} V{self.version}"

    @property
    def number(self) -> str:
        """Return the number of the project and the version, which audit events name."""
        return f"{self.project.number}/V{self.version}"


class BaselineDay(models.Model):
    """When a milestone is to be reached by one baseline."""

    baseline = models.ForeignKey(
        Baseline, models.CASCADE, related_name="days", verbose_name="基准计划"
    )
    milestone = models.ForeignKey(
        Milestone, models.CASCADE, related_name="planned", verbose_name="里程碑"
    )
    planned_on = models.DateField("计划日期")

    class Meta:
        verbose_name = verbose_name_plural = "基准日期"
        ordering = ["baseline", "milestone__position"]
        constraints = [
            models.UniqueConstraint(fields=["baseline", "milestone"], name="baseline_day_once")
        ]

    def __str__(self) -> str:
        return f"{self.milestone} {self.planned_on}"


class Member(models.Model):
    """Who belongs to a task force for a time (专班成员): one of ours, or a post elsewhere.

    Of people outside the company the post is kept, not the name.
    """

    class Post(models.TextChoices):
        """What somebody does in the task force."""

        LEADER = "leader", "组长"
        DEPUTY = "deputy", "副组长"
        LOCAL = "local", "属地协调"
        POLICY = "policy", "政策处理"
        DESIGN = "design", "设计"
        BUILD = "build", "施工"
        SUPERVISE = "supervise", "监理"
        LIAISON = "liaison", "联络员"

    project = models.ForeignKey(
        Project, models.CASCADE, related_name="members", verbose_name="项目"
    )
    post = models.CharField("专班职责", max_length=10, choices=Post.choices)
    person = models.ForeignKey(
        Person, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="人员"
    )
    unit = models.ForeignKey(
        Unit, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="单位"
    )
    organisation = models.CharField("单位与职务", max_length=60, blank=True)
    from_on = models.DateField("起")
    until_on = models.DateField("止", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "专班成员"
        ordering = ["project", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["project"],
                condition=Q(post="leader", until_on=None),
                name="task_force_one_leader",
            ),
            models.CheckConstraint(
                condition=Q(person__isnull=False) | ~Q(organisation=""),
                name="task_force_member_is_somebody",
            ),
            models.CheckConstraint(
                condition=Q(until_on=None) | Q(until_on__gte=F("from_on")),
                name="task_force_member_period",
            ),
            models.CheckConstraint(
                condition=Q(
                    post__in=[
                        *("leader", "deputy", "local", "policy"),
                        *("design", "build", "supervise", "liaison"),
                    ]
                ),
                name="task_force_post_known",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.project} {self.get_post_display()}"
