"""Places with a function."""

from django.db import models
from django.db.models import Q

from dianliang.domain.catalog.models import VenueType
from dianliang.domain.directory.models import Unit
from dianliang.domain.territory.models import Area


class Site(models.Model):
    """A base, station or spot with a QR code (阵地点位); its matrix is `parent` and `kind`."""

    class Kind(models.TextChoices):
        """What it is for."""

        MAIN_BASE = "main_base", "综合基地"
        BRANCH_BASE = "branch_base", "分基地"
        PRACTICE_POINT = "practice_point", "文明实践点"
        STATION = "station", "电力服务站"
        SPOT = "spot", "点位"

    code = models.CharField("点位编码", max_length=24, unique=True)
    name = models.CharField("名称", max_length=60)
    kind = models.CharField("类别", max_length=16, choices=Kind.choices)
    venue_type = models.CharField("场所类型", max_length=12, choices=VenueType.choices, blank=True)
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="children", verbose_name="上级"
    )
    area = models.ForeignKey(Area, models.PROTECT, verbose_name="所在区域")
    unit = models.ForeignKey(Unit, models.PROTECT, null=True, blank=True, verbose_name="单位")
    address = models.CharField("地址", max_length=120, blank=True)
    lat = models.FloatField("纬度")
    lon = models.FloatField("经度")
    opening_hours = models.CharField("开放时间", max_length=80, blank=True)
    is_generated = models.BooleanField("演示数据", default=False)

    class Meta:
        verbose_name = verbose_name_plural = "阵地点位"
        ordering = ["code"]
        constraints = [
            models.CheckConstraint(
                condition=Q(lat__range=(-90, 90), lon__range=(-180, 180)), name="site_on_earth"
            )
        ]

    def __str__(self) -> str:
        return self.name
