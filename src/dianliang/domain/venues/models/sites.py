"""Places with a function."""

from django.db import models
from django.db.models import Q

from dianliang.core.models import StoredFile
from dianliang.domain.catalog.models import VenueType
from dianliang.domain.directory.models import Unit
from dianliang.domain.territory.models import Area


class Site(models.Model):
    """A base, station or spot with a QR code (阵地点位); matrices say how bases hang together."""

    class Kind(models.TextChoices):
        """What it is for."""

        MAIN_BASE = "main_base", "综合基地"
        BRANCH_BASE = "branch_base", "分基地"
        PRACTICE_POINT = "practice_point", "文明实践点"
        STATION = "station", "电力服务站"
        SPOT = "spot", "点位"
        CHARGING = "charging", "充电站"

    code = models.CharField("点位编码", max_length=24, unique=True)
    name = models.CharField("名称", max_length=60)
    kind = models.CharField("类别", max_length=16, choices=Kind.choices)
    venue_type = models.CharField("场所类型", max_length=12, choices=VenueType.choices, blank=True)
    area = models.ForeignKey(Area, models.PROTECT, verbose_name="所在区域")
    unit = models.ForeignKey(Unit, models.PROTECT, null=True, blank=True, verbose_name="单位")
    address = models.CharField("地址", max_length=120, blank=True)
    lat = models.FloatField("纬度")
    lon = models.FloatField("经度")
    opening_hours = models.CharField("开放时间", max_length=200, blank=True)
    closed_on = models.DateField("停用日期", null=True, blank=True)
    closed_because = models.CharField("停用原因", max_length=200, blank=True)
    is_generated = models.BooleanField("演示数据", default=False)

    class Meta:
        verbose_name = verbose_name_plural = "阵地点位"
        ordering = ["code"]
        constraints = [
            models.CheckConstraint(
                condition=Q(lat__range=(-90, 90), lon__range=(-180, 180)), name="site_on_earth"
            ),
            models.CheckConstraint(
                condition=Q(closed_on=None, closed_because="")
                | Q(closed_on__isnull=False, closed_because__gt=""),
                name="site_closed_has_reason",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class PointOfInterest(models.Model):
    """Something worth showing to visitors: what it is, where, and since when (亮点, 001-19)."""

    class Kind(models.TextChoices):
        """What sort of sight it is."""

        PROJECT = "project", "示范工程"
        SERVICE = "service", "服务亮点"
        GREEN = "green", "绿色用能"
        CULTURE = "culture", "文化与红色教育"
        BEAUTY = "beauty", "村容线貌"

    code = models.CharField("亮点编号", max_length=24, unique=True)
    name = models.CharField("名称", max_length=60)
    kind = models.CharField("类别", max_length=8, choices=Kind.choices)
    area = models.ForeignKey(Area, models.PROTECT, related_name="+", verbose_name="所在区域")
    site = models.ForeignKey(
        Site, models.PROTECT, null=True, blank=True, related_name="sights", verbose_name="所属阵地"
    )
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name="维护单位")
    address = models.CharField("地址", max_length=120, blank=True)
    lat = models.FloatField("纬度")
    lon = models.FloatField("经度")
    words = models.TextField("介绍", blank=True)
    photo = models.ForeignKey(
        StoredFile, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="照片"
    )
    opened_on = models.DateField("建成日期")
    looked_at_on = models.DateField("上次查看")
    closed_on = models.DateField("停用日期", null=True, blank=True)
    closed_because = models.CharField("停用原因", max_length=200, blank=True)
    is_generated = models.BooleanField("演示数据", default=False)

    class Meta:
        verbose_name = verbose_name_plural = "亮点"
        ordering = ["code"]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=["project", "service", "green", "culture", "beauty"]),
                name="point_of_interest_kind_known",
            ),
            models.CheckConstraint(
                condition=Q(lat__range=(-90, 90), lon__range=(-180, 180)),
                name="point_of_interest_on_earth",
            ),
            models.CheckConstraint(
                condition=Q(closed_on=None, closed_because="")
                | Q(closed_on__isnull=False, closed_because__gt=""),
                name="point_of_interest_closed_has_reason",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"


class RatingRules(models.Model):
    """How stars follow from records, as published once (星级规则版本). Never changed.

    The shipped rules are number 0; there is no place in which a score could be typed.
    """

    number = models.PositiveIntegerField("版本", unique=True)
    rows = models.JSONField("指标", default=list)
    steps = models.JSONField("星级线", default=list)
    at = models.DateTimeField("发布时间")
    by_name = models.CharField("发布人", max_length=64)
    reason = models.CharField("原因", max_length=200)

    class Meta:
        verbose_name = verbose_name_plural = "星级规则版本"
        ordering = ["-number"]
        constraints = [
            models.CheckConstraint(condition=Q(number__gt=0), name="rating_rules_positive"),
            models.CheckConstraint(condition=Q(reason__gt=""), name="rating_rules_have_reason"),
        ]

    def __str__(self) -> str:
        return f"第 {self.number} 版"
