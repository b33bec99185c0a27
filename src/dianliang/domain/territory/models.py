"""The tree of areas."""

from django.db import models
from django.db.models import Q

from dianliang.kernel.places import AREA_CLASS_CHOICES, AreaClass


class Area(models.Model):
    """A node of the tree 省-市-县-乡镇-村/社区-网格 (区域)."""

    class Level(models.TextChoices):
        """How deep in the tree."""

        PROVINCE = "province", "省"
        CITY = "city", "市"
        COUNTY = "county", "县（区）"
        TOWNSHIP = "township", "乡镇（街道）"
        VILLAGE = "village", "村（社区）"
        GRID = "grid", "网格"

    class CoordinateSource(models.TextChoices):
        """Where the position comes from."""

        GEONAMES = "geonames", "GeoNames 地名库"
        SURVEYED = "surveyed", "实测或导入"
        GENERATED = "generated", "生成（非实测）"

    code = models.CharField("区域编码", max_length=20, unique=True)
    name = models.CharField("名称", max_length=60)
    level = models.CharField("级别", max_length=10, choices=Level.choices)
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="children", verbose_name="上级"
    )
    path = models.CharField("路径", max_length=200, unique=True)
    area_class = models.CharField(
        "服务半径类别", max_length=8, choices=AREA_CLASS_CHOICES, default=AreaClass.RURAL
    )
    aliases = models.JSONField("别名", default=list, blank=True)
    lat = models.FloatField("纬度", null=True, blank=True)
    lon = models.FloatField("经度", null=True, blank=True)
    coordinate_source = models.CharField(
        "坐标来源", max_length=10, choices=CoordinateSource.choices, blank=True
    )

    class Meta:
        verbose_name = verbose_name_plural = "区域"
        ordering = ["path"]
        constraints = [
            models.CheckConstraint(
                condition=Q(
                    level__in=["province", "city", "county", "township", "village", "grid"]
                ),
                name="area_level_known",
            ),
            models.CheckConstraint(
                condition=Q(area_class__in=["city", "rural", "remote"]), name="area_class_known"
            ),
            models.CheckConstraint(
                condition=Q(lat=None, lon=None, coordinate_source="")
                | Q(
                    lat__range=(-90, 90),
                    lon__range=(-180, 180),
                    coordinate_source__in=["geonames", "surveyed", "generated"],
                ),
                name="area_position_has_source",
            ),
            models.CheckConstraint(
                condition=Q(path__startswith="/", path__endswith="/"), name="area_path_shape"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class RoadTable(models.Model):
    """Travel by road between villages and bases, as a road server told it: one row (道路表)."""

    source = models.CharField("来源", max_length=200)
    asked_at = models.DateTimeField("上次询问时间")
    failure = models.CharField("上次失败原因", max_length=400, blank=True)
    made_at = models.DateTimeField("生成时间", null=True, blank=True)
    notes = models.CharField("说明", max_length=400, blank=True)
    body = models.BinaryField("路程", default=bytes, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "道路表"
        constraints = [
            models.CheckConstraint(condition=Q(id=1), name="road_table_only_one"),
        ]

    def __str__(self) -> str:
        return self.source
