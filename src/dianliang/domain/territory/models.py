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


class PlaceName(models.Model):
    """A name that people use and that is no area of ours (其他地名).

    A village that was merged or renamed, a neighbour outside the service area, a road. Triage
    recognises it; nobody picks it from a list.
    """

    class Kind(models.TextChoices):
        """What the name is of."""

        FORMER = "former", "曾用名（已撤并或更名）"
        OUTSIDE = "outside", "区外邻近地名"
        ROAD = "road", "道路"

    class Level(models.TextChoices):
        """What sort of place it is: it decides how the name is read in a text."""

        TOWNSHIP = "township", "乡镇（街道）"
        VILLAGE = "village", "村（社区）"
        ROAD = "road", "道路"

    name = models.CharField("名称", max_length=60)
    kind = models.CharField("类别", max_length=8, choices=Kind.choices)
    level = models.CharField("级别", max_length=8, choices=Level.choices)
    area = models.ForeignKey(
        Area,
        models.CASCADE,
        null=True,
        blank=True,
        verbose_name="区域",
        help_text="曾用名：现在的村；道路：所在的村或乡镇；区外地名不填。",
    )
    aliases = models.JSONField("别名", default=list, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "其他地名"
        ordering = ["kind", "name"]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind="outside", area=None)
                | Q(kind__in=["former", "road"], area__isnull=False),
                name="place_name_area_fits_kind",
            ),
            models.CheckConstraint(
                condition=Q(kind="road", level="road")
                | Q(kind__in=["former", "outside"], level__in=["township", "village"]),
                name="place_name_level_fits_kind",
            ),
            models.UniqueConstraint(
                fields=["name", "kind", "area"],
                name="place_name_once",
                nulls_distinct=False,
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
