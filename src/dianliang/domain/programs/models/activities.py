"""What teams do together."""

from django.db import models
from django.db.models import F

from dianliang.core.models import StoredFile
from dianliang.domain.catalog.models import Service
from dianliang.domain.territory.models import Area
from dianliang.domain.venues.models import Site
from dianliang.domain.workforce.models import Person, Team


class Activity(models.Model):
    """A team did something for people, at a place and a time (志愿服务行动, seed row 000-07)."""

    number = models.CharField("行动编号", max_length=24, unique=True)
    title = models.CharField("名称", max_length=60)
    team = models.ForeignKey(Team, models.PROTECT, related_name="activities", verbose_name="队伍")
    area = models.ForeignKey(Area, models.PROTECT, verbose_name="所在区域")
    site = models.ForeignKey(
        Site, models.PROTECT, null=True, blank=True, related_name="activities", verbose_name="阵地"
    )
    service = models.ForeignKey(
        Service, models.PROTECT, null=True, blank=True, verbose_name="服务事项"
    )
    started_at = models.DateTimeField("开始")
    ended_at = models.DateTimeField("结束")
    served_people = models.PositiveIntegerField("服务人数", default=0)
    words = models.TextField("情况", blank=True)
    recorded_by = models.CharField("登记人", max_length=64)
    is_generated = models.BooleanField("演示数据", default=False)

    class Meta:
        verbose_name = verbose_name_plural = "志愿服务行动"
        constraints = [
            models.CheckConstraint(
                condition=models.Q(ended_at__gt=F("started_at")), name="activity_period"
            )
        ]
        indexes = [models.Index(fields=["started_at"], name="activity_started")]

    def __str__(self) -> str:
        return f"{self.number} {self.title}"


class Participation(models.Model):
    """A person took part in an activity: one person-time (人次)."""

    activity = models.ForeignKey(
        Activity, models.CASCADE, related_name="participations", verbose_name="行动"
    )
    person = models.ForeignKey(
        Person, models.PROTECT, related_name="participations", verbose_name="人员"
    )

    class Meta:
        verbose_name = verbose_name_plural = "参与"
        constraints = [
            models.UniqueConstraint(fields=["activity", "person"], name="participation_once")
        ]

    def __str__(self) -> str:
        return f"{self.activity} {self.person}"


class PhotoPair(models.Model):
    """The same place before and after (前后对照, seed row 001-18), shown side by side."""

    activity = models.ForeignKey(
        Activity, models.CASCADE, related_name="pairs", verbose_name="行动"
    )
    place = models.CharField("位置", max_length=60)
    before = models.ForeignKey(StoredFile, models.PROTECT, related_name="+", verbose_name="整治前")
    after = models.ForeignKey(StoredFile, models.PROTECT, related_name="+", verbose_name="整治后")
    position = models.PositiveSmallIntegerField("次序")

    class Meta:
        verbose_name = verbose_name_plural = "前后对照"
        ordering = ["activity", "position"]
        constraints = [
            models.UniqueConstraint(fields=["activity", "position"], name="photo_pair_position"),
            models.CheckConstraint(
                condition=~models.Q(before=F("after")), name="photo_pair_of_two_photos"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.activity} {self.place}"
