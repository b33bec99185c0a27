"""Four ways in which a service finds its team: assign, grab, bid, self-book (服务承接方式)."""

from django.db import models
from django.db.models import F, Q

from dianliang.core.fields import EncryptedTextField
from dianliang.domain.catalog.models import Service
from dianliang.domain.directory.models import Unit
from dianliang.domain.programs import lifecycle
from dianliang.domain.territory.models import Area
from dianliang.domain.workforce.models import Team


class Way(models.TextChoices):
    """How a team comes to a service."""

    ASSIGN = "assign", "指派"
    GRAB = "grab", "抢单"
    BID = "bid", "竞单"
    SELF_BOOK = "self_book", "自约"


class ServiceWay(models.Model):
    """In which ways a service may be got, and by what rules (承接规则). Data.

    Times are minutes or days as named; `grace_min` is how long a new offer is open to the teams
    with fewest recent ones only, `rest_min` how long a team that grabbed has to leave others a
    chance, `no_show_days` how long one that did not come stays out.
    """

    service = models.ForeignKey(
        Service, models.CASCADE, related_name="ways", verbose_name="服务事项"
    )
    way = models.CharField("方式", max_length=12, choices=Way.choices)
    grace_min = models.PositiveIntegerField("公平期（分钟）", default=30)
    recent_days = models.PositiveSmallIntegerField("近期（天）", default=30)
    rest_min = models.PositiveIntegerField("抢后冷却（分钟）", default=60)
    no_show_days = models.PositiveSmallIntegerField("爽约停抢（天）", default=14)
    bid_hours = models.PositiveSmallIntegerField("竞单时长（小时）", default=24)
    ahead_days = models.PositiveSmallIntegerField("可提前几天自约", default=14)
    is_active = models.BooleanField("启用", default=True)

    class Meta:
        verbose_name = verbose_name_plural = "承接规则"
        ordering = ["service", "way"]
        constraints = [
            models.UniqueConstraint(fields=["service", "way"], name="service_way_once"),
            models.CheckConstraint(condition=Q(way__in=Way.values), name="service_way_known"),
            models.CheckConstraint(
                condition=Q(recent_days__gt=0, bid_hours__gt=0, ahead_days__range=(1, 90)),
                name="service_way_sane",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.service} {self.way}"


class Offer(models.Model):
    """A piece of service that wants a team (供单)."""

    number = models.CharField("供单号", max_length=24, unique=True)
    service = models.ForeignKey(Service, models.PROTECT, verbose_name="服务事项")
    way = models.CharField("方式", max_length=12, choices=Way.choices)
    title = models.CharField("名称", max_length=80)
    words = models.TextField("说明", blank=True)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name="发起单位")
    area = models.ForeignKey(Area, models.PROTECT, related_name="+", verbose_name="所在区域")
    address = models.CharField("地址", max_length=120, blank=True)
    need_number = models.CharField("需求编号", max_length=24, blank=True)
    asker = EncryptedTextField("联系人", blank=True)
    asker_phone = EncryptedTextField("联系电话", blank=True)
    phone_index = models.CharField("电话指纹", max_length=64, blank=True)
    token_hash = models.CharField("链接指纹", max_length=64, blank=True)
    starts_at = models.DateTimeField("服务开始")
    ends_at = models.DateTimeField("服务结束")
    opened_at = models.DateTimeField("发布时间")
    grace_until = models.DateTimeField("公平期至", null=True, blank=True)
    bids_until = models.DateTimeField("竞单截止", null=True, blank=True)
    status = models.CharField(
        "状态", max_length=12, choices=[*lifecycle.OFFER_LABELS.items()], default="OPEN"
    )
    team = models.ForeignKey(
        Team, models.PROTECT, null=True, blank=True, related_name="offers", verbose_name="承接队伍"
    )
    taken_at = models.DateTimeField("承接时间", null=True, blank=True)
    reason = models.CharField("理由", max_length=200, blank=True)
    opened_by = models.CharField("发布人", max_length=64)
    is_generated = models.BooleanField("演示数据", default=False)

    class Meta:
        verbose_name = verbose_name_plural = "供单"
        ordering = ["-opened_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=[*lifecycle.OFFER_LABELS]), name="offer_status_known"
            ),
            models.CheckConstraint(condition=Q(way__in=Way.values), name="offer_way_known"),
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="offer_period"),
            models.CheckConstraint(
                condition=Q(status="OPEN", team=None)
                | Q(status__in=["TAKEN", "DONE", "MISSED"], team__isnull=False)
                | Q(status="CANCELLED"),
                name="offer_team_iff_taken",
            ),
        ]
        indexes = [
            models.Index(fields=["status", "opened_at"], name="offer_open"),
            models.Index(fields=["team", "starts_at"], name="offer_of_team"),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.title}"


class Bid(models.Model):
    """What a team says it would do; sealed until the time is up (竞单应答)."""

    offer = models.ForeignKey(Offer, models.CASCADE, related_name="bids", verbose_name="供单")
    team = models.ForeignKey(Team, models.PROTECT, related_name="bids", verbose_name="队伍")
    people = models.PositiveSmallIntegerField("出几人")
    words = models.CharField("怎么做", max_length=300)
    at = models.DateTimeField("提交时间")
    by_name = models.CharField("提交人", max_length=64)

    class Meta:
        verbose_name = verbose_name_plural = "竞单应答"
        ordering = ["at"]
        constraints = [
            models.UniqueConstraint(fields=["offer", "team"], name="bid_once_a_team"),
            models.CheckConstraint(condition=Q(people__range=(1, 100)), name="bid_people_sane"),
        ]

    def __str__(self) -> str:
        return f"{self.offer} {self.team}"
