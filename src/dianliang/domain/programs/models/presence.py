"""Who is to be found at a service point, how often, and when he was (驻点)."""

from django.db import models
from django.db.models import F, Q

from dianliang.domain.venues.models import Site
from dianliang.domain.workforce.models import Person


class PresenceDuty(models.Model):
    """A person is present at a service point so many working days a month (驻点职责, 001-08)."""

    class Kind(models.TextChoices):
        """As what he is there."""

        LIAISON = "liaison", "联络员"
        GRID = "grid", "网格员"

    person = models.ForeignKey(
        Person, models.PROTECT, related_name="presence_duties", verbose_name="人员"
    )
    site = models.ForeignKey(
        Site, models.PROTECT, related_name="presence_duties", verbose_name="服务站点"
    )
    kind = models.CharField("身份", max_length=8, choices=Kind.choices)
    days_a_month = models.PositiveSmallIntegerField("每月至少（工作日）", default=2)
    valid_from = models.DateField("起")
    valid_until = models.DateField("止", null=True, blank=True)
    is_generated = models.BooleanField("演示数据", default=False)

    class Meta:
        verbose_name = verbose_name_plural = "驻点职责"
        ordering = ["site", "kind", "person"]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=["liaison", "grid"]), name="presence_duty_kind_known"
            ),
            models.CheckConstraint(
                condition=Q(days_a_month__range=(1, 23)), name="presence_duty_days_sane"
            ),
            models.CheckConstraint(
                condition=Q(valid_until=None) | Q(valid_until__gte=F("valid_from")),
                name="presence_duty_period",
            ),
            models.UniqueConstraint(
                fields=["person", "site"],
                condition=Q(valid_until=None),
                name="presence_duty_once_at_a_time",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person} {self.site}"


class PresenceDay(models.Model):
    """A day at a service point: planned, and checked in with code, place and time (驻点日)."""

    duty = models.ForeignKey(
        PresenceDuty, models.PROTECT, related_name="days", verbose_name="驻点职责"
    )
    on = models.DateField("日期")
    is_planned = models.BooleanField("在计划内")
    checked_in_at = models.DateTimeField("签到时间", null=True, blank=True)
    lat = models.FloatField("签到纬度", null=True, blank=True)
    lon = models.FloatField("签到经度", null=True, blank=True)
    accuracy_m = models.PositiveIntegerField("定位误差（米）", null=True, blank=True)
    away_m = models.PositiveIntegerField("离站点（米）", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "驻点日"
        ordering = ["on"]
        constraints = [
            models.UniqueConstraint(fields=["duty", "on"], name="presence_day_once"),
            models.CheckConstraint(
                condition=Q(is_planned=True) | Q(checked_in_at__isnull=False),
                name="presence_day_planned_or_kept",
            ),
            models.CheckConstraint(
                condition=Q(checked_in_at=None, lat=None, lon=None, accuracy_m=None, away_m=None)
                | Q(
                    checked_in_at__isnull=False,
                    lat__range=(-90, 90),
                    lon__range=(-180, 180),
                    accuracy_m__isnull=False,
                    away_m__isnull=False,
                ),
                name="presence_day_kept_has_place",
            ),
        ]
        indexes = [models.Index(fields=["on"], name="presence_day_on")]

    def __str__(self) -> str:
        return f"{self.on} {self.duty}"
