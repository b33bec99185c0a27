"""A call for models (评选): its rules, its nominees with their deeds, objections to the result."""

from django.db import models
from django.db.models import F, Q

from dianliang.core.fields import EncryptedTextField
from dianliang.domain.directory.models import Unit
from dianliang.domain.honours import lifecycle
from dianliang.domain.honours.models.register import HELD_BY_ONE, Holder, Level
from dianliang.domain.workforce.models import Person, Team


class Call(models.Model):
    """An election of models from the rules to the publication (评选), seed row 000-21.

    What is ruled here cannot be changed once nominations are open.
    """

    class Electorate(models.TextChoices):
        """Who votes."""

        STAFF = "staff", "本单位全体在岗人员"
        MEMBERS = "members", "本单位全体在岗党员"

    class Ties(models.TextChoices):
        """Who comes first of two with as many votes."""

        DEEDS = "deeds", "事迹记录多者在前"
        EARLIER = "earlier", "提名在先者在前"
        ALL = "all", "并列者一并入选"

    number = models.CharField("评选编号", max_length=24, unique=True)
    title = models.CharField("名称", max_length=60)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name="主办单位")
    level = models.CharField("级别", max_length=8, choices=Level.choices, default=Level.COMPANY)
    rules = models.TextField("评选规则", max_length=4000)
    since = models.DateField("事迹起")
    until = models.DateField("事迹止")
    nominate_until = models.DateField("提名截止")
    vote_until = models.DateField("投票截止")
    electorate = models.CharField("投票人", max_length=8, choices=Electorate.choices)
    quorum_percent = models.PositiveSmallIntegerField("法定人数（%）", default=50)
    ties = models.CharField("同票规则", max_length=8, choices=Ties.choices)
    notice_working_days = models.PositiveSmallIntegerField("公示工作日", default=5)
    round = models.PositiveSmallIntegerField("投票轮次", default=0)
    voted = models.PositiveIntegerField("投票人数", null=True, blank=True)
    entitled = models.PositiveIntegerField("应投人数", null=True, blank=True)
    notice_ends_at = models.DateTimeField("公示截止", null=True, blank=True)
    status = models.CharField(
        "状态", max_length=12, choices=[*lifecycle.CALL_LABELS.items()], default="DRAFT"
    )
    created_by = models.CharField("发起人", max_length=64)
    created_at = models.DateTimeField("发起时间")
    is_generated = models.BooleanField("演示数据", default=False)

    class Meta:
        verbose_name = verbose_name_plural = "评选"
        ordering = ["-created_at", "number"]
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=[*lifecycle.CALL_LABELS]), name="call_status_known"
            ),
            models.CheckConstraint(
                condition=Q(until__gte=F("since"), vote_until__gte=F("nominate_until")),
                name="call_days_in_order",
            ),
            models.CheckConstraint(
                condition=Q(quorum_percent__range=(1, 100), notice_working_days__gte=3),
                name="call_quorum_and_three_days_of_notice",
            ),
            models.CheckConstraint(
                condition=Q(status__in=["NOTICE", "PUBLISHED"], notice_ends_at__isnull=False)
                | (~Q(status__in=["NOTICE", "PUBLISHED"]) & Q(notice_ends_at=None)),
                name="call_notice_has_an_end",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.title}"


class Category(models.Model):
    """One of the honours that a call gives (评选类别): to whom, how many, on which conditions."""

    call = models.ForeignKey(Call, models.CASCADE, related_name="categories", verbose_name="评选")
    position = models.PositiveSmallIntegerField("次序")
    name = models.CharField("名称", max_length=40)
    holder = models.CharField("评选对象", max_length=8, choices=Holder.choices)
    seats = models.PositiveSmallIntegerField("名额")
    members_only = models.BooleanField("限党员", default=False)
    least_deeds = models.PositiveSmallIntegerField("最少事迹记录", default=0)
    least_hours = models.PositiveSmallIntegerField("最少志愿时长（小时）", default=0)

    class Meta:
        verbose_name = verbose_name_plural = "评选类别"
        ordering = ["call", "position"]
        constraints = [
            models.UniqueConstraint(fields=["call", "position"], name="call_category_position"),
            models.CheckConstraint(condition=Q(seats__range=(1, 99)), name="call_category_seats"),
            models.CheckConstraint(
                condition=Q(holder="person") | Q(members_only=False, least_hours=0),
                name="call_category_conditions_for_persons",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.call.number} {self.name}"


class Nominee(models.Model):
    """Somebody who is put forward (提名): by himself or by a unit, with words and deeds."""

    number = models.CharField("提名编号", max_length=24, unique=True)
    category = models.ForeignKey(
        Category, models.PROTECT, related_name="nominees", verbose_name="类别"
    )
    holder = models.CharField("提名对象类别", max_length=8, choices=Holder.choices)
    person = models.ForeignKey(
        Person, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="个人"
    )
    team = models.ForeignKey(
        Team, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="队伍"
    )
    held_by = models.ForeignKey(
        Unit, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="集体"
    )
    by_self = models.BooleanField("自荐", default=False)
    nominated_by = models.CharField("提名人", max_length=64)
    nominated_by_id = models.CharField("提名账号", max_length=64)
    nominated_at = models.DateTimeField("提名时间")
    words = models.TextField("推荐理由", max_length=1000)
    hours = models.PositiveIntegerField("期内志愿时长（小时）", default=0)
    refused_because = models.CharField("不合格原因", max_length=200, blank=True)
    votes = models.PositiveIntegerField("得票", null=True, blank=True)
    place = models.PositiveSmallIntegerField("名次", null=True, blank=True)
    is_chosen = models.BooleanField("入选", default=False)
    status = models.CharField(
        "状态", max_length=12, choices=[*lifecycle.NOMINEE_LABELS.items()], default="NOMINATED"
    )
    is_generated = models.BooleanField("演示数据", default=False)

    class Meta:
        verbose_name = verbose_name_plural = "提名"
        ordering = ["category", "place", "number"]
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=[*lifecycle.NOMINEE_LABELS]), name="nominee_status_known"
            ),
            models.CheckConstraint(condition=HELD_BY_ONE, name="nominee_is_one"),
            models.UniqueConstraint(
                fields=["category", "person"],
                condition=Q(person__isnull=False) & ~Q(status="WITHDRAWN"),
                name="nominee_person_once",
            ),
            models.UniqueConstraint(
                fields=["category", "team"],
                condition=Q(team__isnull=False) & ~Q(status="WITHDRAWN"),
                name="nominee_team_once",
            ),
            models.UniqueConstraint(
                fields=["category", "held_by"],
                condition=Q(held_by__isnull=False) & ~Q(status="WITHDRAWN"),
                name="nominee_unit_once",
            ),
            models.CheckConstraint(
                condition=Q(is_chosen=False) | Q(status="ELIGIBLE", votes__isnull=False),
                name="nominee_chosen_by_votes",
            ),
        ]

    def __str__(self) -> str:
        return self.number


class Deed(models.Model):
    """A record that speaks for a nominee (事迹), named by its kind and number as it was then."""

    nominee = models.ForeignKey(Nominee, models.CASCADE, related_name="deeds", verbose_name="提名")
    kind = models.CharField("类别", max_length=16)
    number = models.CharField("编号", max_length=40)
    words = models.CharField("内容", max_length=160)
    on = models.DateField("日期")

    class Meta:
        verbose_name = verbose_name_plural = "事迹"
        ordering = ["nominee", "-on", "number"]
        constraints = [
            models.UniqueConstraint(fields=["nominee", "kind", "number"], name="nominee_deed_once")
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.number}"


class Objection(models.Model):
    """Somebody objects to who was chosen while it is on notice (评选异议)."""

    number = models.CharField("异议编号", max_length=24, unique=True)
    nominee = models.ForeignKey(
        Nominee, models.PROTECT, related_name="objections", verbose_name="提名"
    )
    words = EncryptedTextField("异议内容")
    name = EncryptedTextField("异议人")
    contact = EncryptedTextField("联系方式")
    made_at = models.DateTimeField("提出时间")
    status = models.CharField(
        "状态", max_length=12, choices=[*lifecycle.OBJECTION_LABELS.items()], default="OPEN"
    )
    decision = models.CharField("处理结果", max_length=200, blank=True)
    decided_by = models.CharField("处理人", max_length=64, blank=True)
    decided_at = models.DateTimeField("处理时间", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "评选异议"
        ordering = ["nominee", "number"]
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=[*lifecycle.OBJECTION_LABELS]),
                name="objection_status_known",
            ),
            models.CheckConstraint(
                condition=Q(status="OPEN", decision="")
                | (Q(status__in=["UPHELD", "DISMISSED"]) & ~Q(decision="")),
                name="objection_decided_with_a_reason",
            ),
        ]

    def __str__(self) -> str:
        return self.number
