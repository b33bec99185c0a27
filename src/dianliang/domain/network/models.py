"""Lines, transformers, outages. Names follow CIM (IEC 61968): `feeder`, `transformer`, `outage`."""

from django.db import models
from django.db.models import F, Q

from dianliang.domain.directory.models import Unit
from dianliang.domain.territory.models import Area


class Feeder(models.Model):
    """A line from one place to another (线路). What hangs on it are its transformers."""

    class Voltage(models.TextChoices):
        """Nominal voltage."""

        KV35 = "35kV", "35 千伏"
        KV20 = "20kV", "20 千伏"
        KV10 = "10kV", "10 千伏"
        V380 = "0.4kV", "380 伏"

    class Kind(models.TextChoices):
        """How it is built."""

        OVERHEAD = "overhead", "架空线"
        CABLE = "cable", "电缆"
        MIXED = "mixed", "混合"

    code = models.CharField("线路编码", max_length=24, unique=True)
    name = models.CharField("名称", max_length=60)
    voltage = models.CharField("电压等级", max_length=8, choices=Voltage.choices)
    kind = models.CharField("类型", max_length=10, choices=Kind.choices, default=Kind.OVERHEAD)
    length_m = models.PositiveIntegerField("长度（米）")
    starts_at = models.CharField("起点", max_length=60)
    ends_at = models.CharField("终点", max_length=60)
    unit = models.ForeignKey(
        Unit, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="运维单位"
    )
    areas = models.ManyToManyField(
        Area, blank=True, related_name="feeders", verbose_name="途经村社区"
    )
    is_generated = models.BooleanField("演示数据", default=False)

    class Meta:
        verbose_name = verbose_name_plural = "线路"
        ordering = ["code"]
        constraints = [
            models.CheckConstraint(
                condition=Q(voltage__in=["35kV", "20kV", "10kV", "0.4kV"]),
                name="feeder_voltage_known",
            ),
            models.CheckConstraint(
                condition=Q(kind__in=["overhead", "cable", "mixed"]), name="feeder_kind_known"
            ),
            models.CheckConstraint(condition=Q(length_m__gt=0), name="feeder_has_length"),
        ]

    def __str__(self) -> str:
        return self.name


class Transformer(models.Model):
    """A distribution transformer (配电变压器) with the village it stands in."""

    class Use(models.TextChoices):
        """Whom it serves."""

        PUBLIC = "public", "公变"
        DEDICATED = "dedicated", "专变"

    number = models.CharField("变压器编号", max_length=24, unique=True)
    name = models.CharField("名称", max_length=60)
    capacity_kva = models.PositiveIntegerField("额定容量（kVA）")
    use = models.CharField("公变或专变", max_length=10, choices=Use.choices, default=Use.PUBLIC)
    area = models.ForeignKey(
        Area, models.PROTECT, related_name="transformers", verbose_name="所在村社区"
    )
    feeder = models.ForeignKey(
        Feeder, models.PROTECT, related_name="transformers", verbose_name="所属线路"
    )
    lat = models.FloatField("纬度", null=True, blank=True)
    lon = models.FloatField("经度", null=True, blank=True)
    installed_on = models.DateField("投运日期", null=True, blank=True)
    retired_on = models.DateField("退运日期", null=True, blank=True)
    households = models.PositiveIntegerField("供电户数", default=0)
    peak_kw = models.FloatField("最大负荷（kW）", null=True, blank=True)
    peak_on = models.DateField("最大负荷日", null=True, blank=True)
    is_generated = models.BooleanField("演示数据", default=False)

    class Meta:
        verbose_name = verbose_name_plural = "变压器"
        ordering = ["number"]
        constraints = [
            models.CheckConstraint(
                condition=Q(use__in=["public", "dedicated"]), name="transformer_use_known"
            ),
            models.CheckConstraint(
                condition=Q(capacity_kva__gt=0), name="transformer_has_capacity"
            ),
            models.CheckConstraint(
                condition=Q(lat=None, lon=None) | Q(lat__range=(-90, 90), lon__range=(-180, 180)),
                name="transformer_on_earth",
            ),
            models.CheckConstraint(
                condition=Q(peak_kw=None, peak_on=None) | Q(peak_kw__gte=0, peak_on__isnull=False),
                name="transformer_peak_has_its_day",
            ),
            models.CheckConstraint(
                condition=Q(retired_on=None)
                | Q(installed_on=None)
                | Q(retired_on__gte=F("installed_on")),
                name="transformer_life_span",
            ),
        ]
        indexes = [models.Index(fields=["area", "number"], name="transformer_by_area")]

    def __str__(self) -> str:
        return f"{self.number} {self.name}"


class Outage(models.Model):
    """A line or a transformer was without power (停电记录): from when, until when, and why."""

    class Kind(models.TextChoices):
        """Whether it was meant."""

        PLANNED = "planned", "计划停电"
        FAULT = "fault", "故障停电"

    number = models.CharField("停电编号", max_length=24, unique=True)
    kind = models.CharField("类别", max_length=8, choices=Kind.choices)
    feeder = models.ForeignKey(
        Feeder,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="outages",
        verbose_name="线路",
    )
    transformer = models.ForeignKey(
        Transformer,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="outages",
        verbose_name="变压器",
    )
    areas = models.ManyToManyField(Area, related_name="outages", verbose_name="影响村社区")
    households = models.PositiveIntegerField("影响户数", default=0)
    started_at = models.DateTimeField("停电时间")
    ended_at = models.DateTimeField("复电时间", null=True, blank=True)
    reason = models.CharField("原因", max_length=200)
    recorded_by = models.CharField("登记人", max_length=64)
    is_generated = models.BooleanField("演示数据", default=False)

    class Meta:
        verbose_name = verbose_name_plural = "停电记录"
        ordering = ["-started_at"]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=["planned", "fault"]), name="outage_kind_known"
            ),
            models.CheckConstraint(
                condition=Q(feeder=None, transformer__isnull=False)
                | Q(feeder__isnull=False, transformer=None),
                name="outage_of_one_thing",
            ),
            models.CheckConstraint(
                condition=Q(ended_at=None) | Q(ended_at__gt=F("started_at")), name="outage_period"
            ),
        ]
        indexes = [models.Index(fields=["started_at"], name="outage_started")]

    def __str__(self) -> str:
        return self.number
