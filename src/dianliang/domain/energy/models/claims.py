"""Factors by version, and claims: numbers that the company states, with what bears them out."""

from django.db import models
from django.db.models import F, Q

from dianliang.core.second_person import SAYS_WHAT, WITHDRAWN_WITH_WORDS, HeldAgainstDocument
from dianliang.domain.directory.models import Unit
from dianliang.domain.energy import lifecycle


class Factor(models.Model):
    """One version of one conversion factor (排放因子、折标系数). Rows are never changed.

    `series` names the factor through all its versions, such as ``电力-平均-浙江-2023``; `value` is
    in `unit`, always something per unit of activity. `low` and `high` are a 95 % interval as the
    source gives it.
    """

    class Kind(models.TextChoices):
        """What the factor stands for."""

        AVERAGE = "average", "平均"
        RESIDUAL = "residual", "剔除市场化非化石电量"
        FOSSIL = "fossil", "化石能源电力"
        CERTIFICATE = "certificate", "绿证或绿电"
        FUEL = "fuel", "燃料燃烧"
        COAL_EQUIVALENT = "coal_equivalent", "折标准煤"
        COAL_CARBON = "coal_carbon", "标准煤折碳"
        VALUE_CHAIN = "value_chain", "上下游活动（范围 3）"

    class Level(models.TextChoices):
        """How large the region is that it holds for."""

        NATIONAL = "national", "全国"
        REGION = "region", "区域电网"
        PROVINCE = "province", "省级"
        OWN = "own", "本单位"

    code = models.CharField("因子版本编号", max_length=80, unique=True)
    series = models.CharField("因子编号", max_length=72)
    edition = models.PositiveSmallIntegerField("版次")
    name = models.CharField("名称", max_length=80)
    carrier = models.CharField("能源品种", max_length=20)
    kind = models.CharField("类型", max_length=16, choices=Kind.choices)
    level = models.CharField("范围", max_length=10, choices=Level.choices)
    region = models.CharField("地区", max_length=20)
    year = models.PositiveSmallIntegerField("年份")
    value = models.DecimalField("数值", max_digits=12, decimal_places=6)
    low = models.DecimalField("区间下限", max_digits=12, decimal_places=6, null=True, blank=True)
    high = models.DecimalField("区间上限", max_digits=12, decimal_places=6, null=True, blank=True)
    unit = models.CharField("计量单位", max_length=24)
    source = models.CharField("来源", max_length=200)
    seen_in = models.CharField("转录自", max_length=200, blank=True)
    is_transcribed = models.BooleanField("未与原文核对", default=True)
    reason = models.CharField("修订说明", max_length=300, blank=True)
    recorded_by = models.CharField("登记人", max_length=64)
    recorded_id = models.CharField("登记人账号", max_length=64, blank=True)
    recorded_person = models.CharField("登记人编号", max_length=24, blank=True)
    recorded_at = models.DateTimeField("登记时间")

    class Meta:
        verbose_name = verbose_name_plural = "因子"
        ordering = ["carrier", "kind", "region", "-year", "-edition"]
        constraints = [
            models.UniqueConstraint(fields=["series", "edition"], name="energy_factor_once"),
            models.CheckConstraint(condition=Q(value__gte=0), name="energy_factor_not_negative"),
            models.CheckConstraint(
                condition=Q(low=None, high=None) | Q(low__lte=F("value"), high__gte=F("value")),
                name="energy_factor_in_its_interval",
            ),
            models.CheckConstraint(
                condition=Q(year__gte=1950, year__lte=2100), name="energy_factor_year"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.value.normalize():f} {self.unit}"


class FactorCheck(HeldAgainstDocument):
    """A second person held a version against its document (因子核对); a withdrawn one stays."""

    factor = models.ForeignKey(Factor, models.PROTECT, related_name="checks", verbose_name="因子")

    class Meta:
        verbose_name = verbose_name_plural = "因子核对"
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["factor"], condition=Q(withdrawn_at=None), name="energy_factor_checked_once"
            ),
            models.CheckConstraint(
                condition=WITHDRAWN_WITH_WORDS,
                name="energy_factor_check_withdrawn_why",
            ),
            models.CheckConstraint(condition=SAYS_WHAT, name="energy_factor_check_says_what"),
        ]

    def __str__(self) -> str:
        return f"{self.factor_id}"


class Claim(models.Model):
    """One number that the company states (量化声明). What it says is never changed.

    `low` and `high` with `confidence` are an interval; without `confidence` they are the range that
    was seen, and `no_interval` says why there is no interval. `activity` is what was multiplied by
    `factor`. `told` holds the parts of those sentences that a page says in the reader's language,
    by the name of the column that has them in Chinese.
    """

    class Kind(models.TextChoices):
        """What is stated."""

        SAVING = "saving", "节能"
        CARBON = "carbon", "减碳"
        EMISSION = "emission", "碳排放"
        COST = "cost", "费用节省"
        INVESTMENT = "investment", "投资"
        RELIEF = "relief", "负载缓解"
        DEMAND = "demand", "负荷与容量"
        GENERATION = "generation", "发电与自用"
        COVERAGE = "coverage", "覆盖"
        EFFICIENCY = "efficiency", "效率"

    class Measure(models.TextChoices):
        """Units of measure."""

        KWH = "kWh", "千瓦时"
        T_CO2 = "tCO2", "吨二氧化碳"
        CNY = "CNY", "元"
        TCE = "tce", "吨标准煤"
        KW = "kW", "千瓦"
        KVA = "kVA", "千伏安"
        PERCENT = "%", "百分比"
        COUNT = "count", "个"
        HOUR = "h", "小时"
        KM = "km", "公里"
        KWH_PER_KG = "kWh/kg", "千瓦时每千克"
        CNY_PER_KWH = "CNY/kWh", "元每千瓦时"

    class Option(models.TextChoices):
        """Options of the IPMVP, and what is none of them."""

        A = "A", "选项 A：关键参数测量"
        B = "B", "选项 B：全参数测量"
        C = "C", "选项 C：整体计量"
        D = "D", "选项 D：校准模拟"
        FORMULA = "formula", "公式推算"
        COUNTED = "counted", "按记录统计"
        OPTIMISED = "optimised", "优化计算"

    number = models.CharField("声明编号", max_length=24, unique=True)
    title = models.CharField("标题", max_length=120)
    kind = models.CharField("类型", max_length=12, choices=Kind.choices)
    value = models.FloatField("数值")
    measure = models.CharField("计量单位", max_length=8, choices=Measure.choices)
    low = models.FloatField("下限", null=True, blank=True)
    high = models.FloatField("上限", null=True, blank=True)
    confidence = models.FloatField("置信水平", null=True, blank=True)
    no_interval = models.CharField("不给区间的原因", max_length=300, blank=True)
    option = models.CharField("方法类别", max_length=10, choices=Option.choices)
    method = models.CharField("方法", max_length=400)
    engine = models.CharField("计算程序", max_length=60, blank=True)
    engine_version = models.CharField("程序版本", max_length=40, blank=True)
    boundary = models.CharField("边界", max_length=400)
    base_from_on = models.DateField("基准期起", null=True, blank=True)
    base_until_on = models.DateField("基准期止", null=True, blank=True)
    from_on = models.DateField("数据期起", null=True, blank=True)
    until_on = models.DateField("数据期止", null=True, blank=True)
    factor = models.ForeignKey(
        Factor, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="因子"
    )
    activity = models.FloatField("活动数据", null=True, blank=True)
    activity_unit = models.CharField("活动数据单位", max_length=12, blank=True)
    told = models.JSONField("各句的组成", default=dict, blank=True)
    findings = models.JSONField("说明与疑点", default=list, blank=True)
    held_back = models.CharField("暂不能核证的原因", max_length=300, blank=True)
    subject_kind = models.CharField("对象类别", max_length=24, blank=True)
    subject_number = models.CharField("对象编号", max_length=40, blank=True)
    subject_name = models.CharField("对象名称", max_length=120)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name="所属单位")
    part_of = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="parts", verbose_name="已计入"
    )
    supersedes = models.OneToOneField(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="superseded_by",
        verbose_name="更正了",
    )
    key = models.CharField("来源键", max_length=120, blank=True)
    digest = models.CharField("内容摘要", max_length=64)
    status = models.CharField("状态", max_length=12, choices=[*lifecycle.LABELS.items()])
    recorded_by = models.CharField("登记账号", max_length=64)
    recorder = models.CharField("登记人", max_length=64)
    recorder_person = models.CharField("登记人编号", max_length=24, blank=True)
    recorded_at = models.DateTimeField("登记时间")
    verifier = models.CharField("核证人", max_length=64, blank=True)
    verifier_person = models.CharField("核证人编号", max_length=24, blank=True)
    verified_at = models.DateTimeField("核证时间", null=True, blank=True)
    contester_person = models.CharField("提出更正的人编号", max_length=24, blank=True)
    is_generated = models.BooleanField("演示数据", default=False)

    class Meta:
        verbose_name = verbose_name_plural = "量化声明"
        ordering = ["-recorded_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=[*lifecycle.LABELS]), name="energy_claim_status_known"
            ),
            models.CheckConstraint(
                condition=Q(low=None, high=None) | Q(low__lte=F("value"), high__gte=F("value")),
                name="energy_claim_in_its_interval",
            ),
            models.CheckConstraint(
                condition=Q(confidence=None) & ~Q(no_interval="")
                | Q(confidence__gt=0.5, confidence__lt=1, low__isnull=False, no_interval=""),
                name="energy_claim_interval_or_reason",
            ),
            models.CheckConstraint(
                condition=~Q(status__in=["MEASURED", "VERIFIED"])
                | Q(confidence__isnull=False, from_on__isnull=False),
                name="energy_claim_measured_with_interval",
            ),
            models.CheckConstraint(
                condition=Q(from_on=None, until_on=None) | Q(until_on__gt=F("from_on")),
                name="energy_claim_window",
            ),
            models.CheckConstraint(
                condition=Q(base_from_on=None, base_until_on=None)
                | Q(base_until_on__gt=F("base_from_on")),
                name="energy_claim_baseline",
            ),
            models.CheckConstraint(
                condition=Q(factor=None) | Q(activity__isnull=False) & ~Q(activity_unit=""),
                name="energy_claim_factor_times_activity",
            ),
            models.CheckConstraint(
                condition=~Q(status="VERIFIED") | Q(verified_at__isnull=False, held_back=""),
                name="energy_claim_verified_at",
            ),
            models.UniqueConstraint(
                fields=["key"],
                condition=~Q(key="") & Q(status__in=lifecycle.CURRENT),
                name="energy_claim_current_once",
            ),
        ]
        indexes = [
            models.Index(fields=["subject_kind", "subject_number"], name="energy_claim_subject"),
            models.Index(fields=["status", "measure"], name="energy_claim_shown"),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.title}"


class Evidence(models.Model):
    """Something that a claim rests on (依据): a record, a file, a stretch of readings.

    `kind` and `number` name a record that a page may show; `digest` is the SHA-256 of data that
    lie in no record.
    """

    claim = models.ForeignKey(
        Claim, models.PROTECT, related_name="evidence", verbose_name="量化声明"
    )
    position = models.PositiveSmallIntegerField("次序")
    kind = models.CharField("类别", max_length=24)
    number = models.CharField("编号", max_length=60, blank=True)
    words = models.CharField("内容", max_length=300)
    told = models.JSONField("内容的组成", null=True, blank=True)
    digest = models.CharField("数据摘要", max_length=64, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "声明依据"
        ordering = ["claim", "position"]
        constraints = [
            models.UniqueConstraint(fields=["claim", "position"], name="energy_evidence_position"),
            models.CheckConstraint(
                condition=~Q(number="") | ~Q(digest="") | ~Q(words=""), name="energy_evidence_says"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.claim} {self.position}"
