"""Requests for gear and teams, what was promised to them, and the dispatch of an incident."""

from django.db import models
from django.db.models import F, Q

from dianliang.domain.directory.models import Unit
from dianliang.domain.incidents.models import Incident
from dianliang.domain.key_customers.models import KeyCustomer
from dianliang.domain.mobilisation import lifecycle
from dianliang.domain.mobilisation.models.lines import LineWork
from dianliang.domain.resources.models import Resource, ResourceKind
from dianliang.domain.work.models import Job, Plan
from dianliang.domain.workforce.models import Team


class ResourceRequest(models.Model):
    """Somebody needs so many pieces of a kind of gear, or teams, somewhere by a time (资源请求).

    What is promised goes through the ladder together; what cannot be had at once is asked for
    anew in a request of its own (`rest_of`).
    """

    class What(models.TextChoices):
        """What is asked for."""

        GEAR = "gear", "装备"
        TEAM = "team", "队伍"

    number = models.CharField("请求编号", max_length=24, unique=True)
    incident = models.ForeignKey(
        Incident, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="事件"
    )
    what = models.CharField("请求什么", max_length=8, choices=What.choices)
    kind = models.ForeignKey(
        ResourceKind, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="类别"
    )
    quantity = models.PositiveSmallIntegerField("数量")
    least_capacity = models.FloatField("每件至少", null=True, blank=True)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name="申请单位")
    purpose = models.CharField("用途", max_length=200)
    place = models.CharField("送到何处", max_length=120)
    lat = models.FloatField("纬度")
    lon = models.FloatField("经度")
    needed_by_at = models.DateTimeField("最迟到位")
    until_at = models.DateTimeField("预计用到")
    status = models.CharField(
        "状态", max_length=12, choices=[*lifecycle.LABELS.items()], default="REQUESTED"
    )
    since_at = models.DateTimeField("进入现状态时间")
    mobilised_at = models.DateTimeField("动员时间", null=True, blank=True)
    in_action_at = models.DateTimeField("到场时间", null=True, blank=True)
    rest_of = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="rests", verbose_name="余量来自"
    )
    asked_by = models.CharField("申请人", max_length=64)
    asked_at = models.DateTimeField("申请时间")
    is_generated = models.BooleanField("演示数据", default=False)

    class Meta:
        verbose_name = verbose_name_plural = "资源请求"
        ordering = ["needed_by_at", "number"]
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=[*lifecycle.LABELS]), name="resource_request_status_known"
            ),
            models.CheckConstraint(
                condition=Q(what="gear", kind__isnull=False) | Q(what="team", kind=None),
                name="resource_request_gear_has_kind",
            ),
            models.CheckConstraint(
                condition=Q(lat__range=(-90, 90), lon__range=(-180, 180)),
                name="resource_request_on_earth",
            ),
            models.CheckConstraint(condition=Q(quantity__gt=0), name="resource_request_quantity"),
            models.CheckConstraint(
                condition=Q(until_at__gt=F("needed_by_at")), name="resource_request_period"
            ),
            models.CheckConstraint(
                condition=~Q(status__in=["MOBILISED", "IN_ACTION"]) | Q(mobilised_at__isnull=False),
                name="resource_request_mobilised_has_time",
            ),
        ]
        indexes = [models.Index(fields=["status", "needed_by_at"], name="resource_request_board")]

    def __str__(self) -> str:
        return f"{self.number} {self.place}"


class Assignment(models.Model):
    """A piece of gear, or a team, is promised to a request (指派), until `ended_at`.

    The database lets nothing and nobody be promised twice at a time. `people` is how many of a
    team were there to be sent when it was promised; `reasons` is why it was proposed.
    """

    request = models.ForeignKey(
        ResourceRequest, models.PROTECT, related_name="assignments", verbose_name="请求"
    )
    resource = models.ForeignKey(
        Resource,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="assignments",
        verbose_name="装备",
    )
    team = models.ForeignKey(
        Team, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="队伍"
    )
    people = models.PositiveSmallIntegerField("人数", default=0)
    distance_km = models.FloatField("距离（km）")
    reasons = models.JSONField("依据", default=list)
    assigned_by = models.CharField("指派人", max_length=64)
    assigned_at = models.DateTimeField("指派时间")
    ended_at = models.DateTimeField("结束时间", null=True, blank=True)
    ended_as = models.CharField("结束时状况", max_length=200, blank=True)
    is_damaged = models.BooleanField("有损坏", default=False)

    class Meta:
        verbose_name = verbose_name_plural = "指派"
        ordering = ["request", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(resource__isnull=False, team=None)
                | Q(resource=None, team__isnull=False),
                name="assignment_of_a_piece_or_a_team",
            ),
            models.UniqueConstraint(
                fields=["resource"],
                condition=Q(ended_at=None, resource__isnull=False),
                name="assignment_piece_promised_once",
            ),
            models.UniqueConstraint(
                fields=["team"],
                condition=Q(ended_at=None, team__isnull=False),
                name="assignment_team_promised_once",
            ),
            models.CheckConstraint(
                condition=Q(ended_at=None) | Q(ended_at__gte=F("assigned_at")),
                name="assignment_period",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.request} {self.resource or self.team}"


class Task(models.Model):
    """A job that an incident asks for (抢险任务): at a key customer, or wherever somebody said.

    `worth` is what it costs to leave it out, in seconds of driving. `kind`, `quantity` and
    `least_capacity` are the gear that is taken there; the job names it in words (`gear`). A part of
    a `line` is what lies between two of its metres; it shrinks as they are reported.
    """

    incident = models.ForeignKey(
        Incident, models.PROTECT, related_name="tasks", verbose_name="事件"
    )
    job = models.OneToOneField(Job, models.PROTECT, related_name="task", verbose_name="工单")
    customer = models.ForeignKey(
        KeyCustomer,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="重要客户",
    )
    rank = models.CharField("等级", max_length=10, choices=lifecycle.RANKS)
    worth = models.FloatField("漏做的代价（秒）")
    kind = models.ForeignKey(
        ResourceKind, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="装备"
    )
    quantity = models.PositiveSmallIntegerField("件数", default=0)
    least_capacity = models.FloatField("每件至少", null=True, blank=True)
    is_urgent = models.BooleanField("临时追加", default=False)
    line = models.ForeignKey(
        LineWork,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="parts",
        verbose_name="线路作业",
    )
    from_m = models.FloatField("从（米）", null=True, blank=True)
    to_m = models.FloatField("到（米）", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "抢险任务"
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["incident", "customer"],
                condition=Q(customer__isnull=False, is_urgent=False),
                name="task_once_per_customer",
            ),
            models.CheckConstraint(
                condition=Q(rank__in=[code for code, _ in lifecycle.RANKS]), name="task_rank_known"
            ),
            models.CheckConstraint(condition=Q(worth__gt=0), name="task_worth"),
            models.CheckConstraint(
                condition=Q(kind=None, quantity=0) | Q(kind__isnull=False, quantity__gt=0),
                name="task_gear_is_counted",
            ),
            models.CheckConstraint(
                condition=Q(line=None, from_m=None, to_m=None)
                | Q(line__isnull=False, from_m__gte=0, to_m__gt=F("from_m")),
                name="task_part_of_a_line",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.incident_id} {self.job}"


class Dispatch(models.Model):
    """A plan that sends the teams of an incident to its tasks (抢险调度), or asks what if (推演).

    The plan holds the rest: its terms (shifts, gear, gathering places) are in its outcome. What is
    only asked is never put in force. `told` keeps the parts of the words for other languages.
    """

    incident = models.ForeignKey(
        Incident, models.PROTECT, related_name="dispatches", verbose_name="事件"
    )
    plan = models.OneToOneField(Plan, models.PROTECT, related_name="dispatch", verbose_name="计划")
    words = models.CharField("说明", max_length=200)
    told = models.JSONField("说明的句式", null=True, blank=True)
    is_what_if = models.BooleanField("推演", default=False)

    class Meta:
        verbose_name = verbose_name_plural = "抢险调度"
        ordering = ["-pk"]
        constraints = [models.CheckConstraint(condition=~Q(words=""), name="dispatch_words")]

    def __str__(self) -> str:
        return f"{self.plan} {self.words}"
