"""Field work."""

from django.db import models
from django.db.models import F, Q

from dianliang.core.fields import EncryptedTextField
from dianliang.core.models import StoredFile
from dianliang.domain.catalog.models import Checklist, Service, Skill
from dianliang.domain.customers.models import Customer
from dianliang.domain.directory.models import Unit
from dianliang.domain.territory.models import Area
from dianliang.domain.work import lifecycle
from dianliang.domain.workforce.models import Person, Team
from dianliang.kernel.phrases import phrase_of


class Job(models.Model):
    """A piece of field work at one place (工单). Only `operations` writes it."""

    class Priority(models.TextChoices):
        """How much it hurts to leave it undone."""

        MUST = "must", "必须"
        SHOULD = "should", "应当"
        MAY = "may", "可缓"

    number = models.CharField("工单号", max_length=24, unique=True)
    title = models.CharField("事项", max_length=120)
    detail = models.TextField("说明", blank=True)
    service = models.ForeignKey(
        Service, models.PROTECT, null=True, blank=True, verbose_name="服务事项"
    )
    skill = models.ForeignKey(Skill, models.PROTECT, null=True, blank=True, verbose_name="所需技能")
    gear = models.JSONField("所需装备", default=dict, blank=True)
    checklist = models.JSONField("作业清单", default=list, blank=True)
    inspects = models.ForeignKey(
        Checklist, models.PROTECT, null=True, blank=True, verbose_name="检查清单"
    )
    customer = models.ForeignKey(
        Customer, models.PROTECT, null=True, blank=True, verbose_name="客户"
    )
    area = models.ForeignKey(Area, models.PROTECT, verbose_name="所在区域")
    address = models.CharField("地址", max_length=200, blank=True)
    lat = models.FloatField("纬度")
    lon = models.FloatField("经度")
    duration_min = models.PositiveIntegerField("预计时长（分钟）")
    priority = models.CharField(
        "优先级", max_length=8, choices=Priority.choices, default=Priority.SHOULD
    )
    windows = models.JSONField("可上门时段", default=list, blank=True)
    due_at = models.DateTimeField("承诺时限", null=True, blank=True)
    unit = models.ForeignKey(Unit, models.PROTECT, verbose_name="承办单位")
    handed_over_from = models.ForeignKey(
        Unit, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="移交单位"
    )
    preferred_team = models.ForeignKey(
        Team, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name="优先队伍"
    )
    forbidden_team = models.ForeignKey(
        Team, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name="回避队伍"
    )
    status = models.CharField(
        "状态", max_length=16, choices=[*lifecycle.JOB_LABELS.items()], default="OPEN"
    )
    opened_at = models.DateTimeField("开单时间")
    done_at = models.DateTimeField("完成时间", null=True, blank=True)
    is_generated = models.BooleanField("演示数据", default=False)

    class Meta:
        verbose_name = verbose_name_plural = "工单"
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=[*lifecycle.JOB_LABELS]), name="job_status_known"
            ),
            models.CheckConstraint(
                condition=Q(priority__in=["must", "should", "may"]), name="job_priority_known"
            ),
            models.CheckConstraint(
                condition=Q(lat__range=(-90, 90), lon__range=(-180, 180)), name="job_on_earth"
            ),
            models.CheckConstraint(
                condition=Q(duration_min__gt=0, duration_min__lte=24 * 60), name="job_duration_sane"
            ),
            models.CheckConstraint(
                condition=Q(due_at=None) | Q(due_at__gt=F("opened_at")), name="job_due_after_open"
            ),
            models.CheckConstraint(
                condition=Q(status="DONE", done_at__isnull=False)
                | (~Q(status="DONE") & Q(done_at=None)),
                name="job_done_at_iff_done",
            ),
        ]
        indexes = [models.Index(fields=["unit", "status", "due_at"], name="job_queue")]

    def __str__(self) -> str:
        return f"{self.number} {self.title}"


class Plan(models.Model):
    """Jobs × teams × days, optimised and explained (计划)."""

    number = models.CharField("计划号", max_length=24, unique=True)
    unit = models.ForeignKey(Unit, models.PROTECT, verbose_name="单位")
    first_on = models.DateField("起")
    last_on = models.DateField("止")
    status = models.CharField(
        "状态", max_length=12, choices=[*lifecycle.PLAN_LABELS.items()], default="DRAFT"
    )
    revision = models.PositiveIntegerField("版本", default=1)
    jobs = models.ManyToManyField(Job, blank=True, related_name="plans", verbose_name="工单")
    teams = models.ManyToManyField(Team, blank=True, related_name="plans", verbose_name="队伍")
    seconds = models.PositiveIntegerField("计算时限（秒）", default=10)
    seed = models.PositiveIntegerField("随机种子", default=1)
    solver = models.CharField("求解器版本", max_length=40, blank=True)
    outcome = models.JSONField("结果", null=True, blank=True)
    background_job_id = models.BigIntegerField("后台任务", null=True, blank=True)
    replaces = models.ForeignKey(
        "self", models.SET_NULL, null=True, blank=True, related_name="+", verbose_name="替代"
    )
    created_by = models.CharField("编制人", max_length=64)
    created_at = models.DateTimeField("编制时间")
    published_at = models.DateTimeField("发布时间", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "计划"
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=[*lifecycle.PLAN_LABELS]), name="plan_status_known"
            ),
            models.CheckConstraint(condition=Q(last_on__gte=F("first_on")), name="plan_period"),
            models.CheckConstraint(
                condition=Q(
                    published_at=None,
                    status__in=["DRAFT", "SOLVING", "READY", "FAILED", "DISCARDED"],
                )
                | Q(published_at__isnull=False, status__in=["PUBLISHED", "SUPERSEDED"]),
                name="plan_published_at_iff_published",
            ),
        ]

    def __str__(self) -> str:
        return self.number


class PlannedStop(models.Model):
    """One line of a plan: which team does which job when, and why (计划明细)."""

    plan = models.ForeignKey(Plan, models.CASCADE, related_name="stops", verbose_name="计划")
    job = models.ForeignKey(Job, models.CASCADE, related_name="+", verbose_name="工单")
    team = models.ForeignKey(Team, models.PROTECT, related_name="+", verbose_name="队伍")
    on = models.DateField("日期")
    sequence = models.PositiveIntegerField("顺序")
    arrive_at = models.DateTimeField("预计到达")
    start_at = models.DateTimeField("预计开始")
    depart_at = models.DateTimeField("预计离开")
    travel_s = models.PositiveIntegerField("路上秒数")
    travel_m = models.PositiveIntegerField("路程米数")
    late_s = models.PositiveIntegerField("超承诺秒数", default=0)
    is_locked = models.BooleanField("锁定", default=False)
    why = models.CharField("为何派此队", max_length=200, blank=True)
    why_parts = models.JSONField("为何派此队（句和数）", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "计划明细"
        ordering = ["on", "team", "sequence"]
        constraints = [
            models.UniqueConstraint(fields=["plan", "job"], name="planned_stop_job_once"),
            models.UniqueConstraint(
                fields=["plan", "team", "on", "sequence"], name="planned_stop_order"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.plan} {self.team} {self.sequence}"

    @property
    def why_words(self) -> str:
        """Return why the team has it, for a reader of any language; rows of old hold Chinese."""
        return phrase_of(self.why_parts) if self.why_parts else self.why


class Unplanned(models.Model):
    """A job that a plan leaves out, with the binding reason and the cheapest fix (未排入)."""

    plan = models.ForeignKey(Plan, models.CASCADE, related_name="unplanned", verbose_name="计划")
    job = models.ForeignKey(Job, models.CASCADE, related_name="+", verbose_name="工单")
    reasons = models.JSONField("原因", default=list)
    fix = models.JSONField("最省的办法", null=True, blank=True)
    other_fixes = models.JSONField("其他办法", default=list, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "未排入"
        constraints = [models.UniqueConstraint(fields=["plan", "job"], name="unplanned_once")]

    def __str__(self) -> str:
        return f"{self.plan} {self.job}"


class Visit(models.Model):
    """A team goes to a job (上门): the published line of a plan, and what came of it."""

    number = models.CharField("上门单号", max_length=24, unique=True)
    job = models.ForeignKey(Job, models.PROTECT, related_name="visits", verbose_name="工单")
    team = models.ForeignKey(Team, models.PROTECT, related_name="visits", verbose_name="队伍")
    plan = models.ForeignKey(
        Plan, models.PROTECT, null=True, blank=True, related_name="visits", verbose_name="计划"
    )
    on = models.DateField("日期")
    sequence = models.PositiveIntegerField("顺序")
    arrive_at = models.DateTimeField("预计到达")
    depart_at = models.DateTimeField("预计离开")
    status = models.CharField(
        "状态", max_length=12, choices=[*lifecycle.VISIT_LABELS.items()], default="SCHEDULED"
    )
    accepted_at = models.DateTimeField("接单时间", null=True, blank=True)
    departed_at = models.DateTimeField("出发时间", null=True, blank=True)
    arrived_at = models.DateTimeField("到达时间", null=True, blank=True)
    ended_at = models.DateTimeField("结束时间", null=True, blank=True)
    done_by = models.ForeignKey(
        Person, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="经办人"
    )
    reason = models.CharField("原因", max_length=200, blank=True)
    checklist = models.JSONField("清单结果", default=list, blank=True)
    findings = models.TextField("情况记录", blank=True)
    photos = models.ManyToManyField(StoredFile, blank=True, related_name="+", verbose_name="照片")
    signature = models.ForeignKey(
        StoredFile, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="签名"
    )

    class Meta:
        verbose_name = verbose_name_plural = "上门"
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=[*lifecycle.VISIT_LABELS]), name="visit_status_known"
            ),
            models.UniqueConstraint(
                fields=["job"],
                condition=Q(status__in=["SCHEDULED", "ACCEPTED", "EN_ROUTE", "ARRIVED"]),
                name="visit_one_open_per_job",
            ),
        ]
        indexes = [models.Index(fields=["team", "on", "sequence"], name="visit_route")]

    def __str__(self) -> str:
        return f"{self.number} {self.job}"


class PhoneKey(models.Model):
    """What a phone seals an account's work with, for one day (手机密钥). Never changed."""

    account = models.CharField("账号", max_length=64)
    code = models.CharField("密钥编号", max_length=24, unique=True)
    on = models.DateField("日期")
    secret = EncryptedTextField("密钥")
    made_at = models.DateTimeField("生成时间")

    class Meta:
        verbose_name = verbose_name_plural = "手机密钥"
        constraints = [
            models.UniqueConstraint(fields=["account", "on"], name="phone_key_once_a_day")
        ]

    def __str__(self) -> str:
        return self.code
