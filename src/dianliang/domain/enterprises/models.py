"""Firms and what their readings say in money (电靓万企), seed rows 003-15, 000-08, 004-19."""

from django.db import models
from django.db.models import F, Q

from dianliang.core.second_person import SAYS_WHAT, WITHDRAWN_WITH_WORDS, HeldAgainstDocument
from dianliang.domain.customers.models import Customer
from dianliang.domain.directory.models import Unit
from dianliang.domain.enterprises import lifecycle
from dianliang.domain.work.models import Job

WAYS = ("none", "capacity", "contract", "actual")
CERTAINTIES = ("published", "as-understood", "generated")


class TariffVersion(models.Model):
    """A version of a tariff as it was imported (电价版本); it never changes but for its end."""

    code = models.CharField("电价编码", max_length=24)
    version = models.PositiveSmallIntegerField("版本")
    title = models.CharField("名称", max_length=80)
    region = models.CharField("地区", max_length=40)
    customer_class = models.CharField("用户类别", max_length=40)
    voltage = models.CharField("电压等级", max_length=40)
    valid_from = models.DateField("生效日")
    valid_until = models.DateField("失效日", null=True, blank=True)
    certainty = models.CharField("依据", max_length=16)
    source = models.CharField("来源", max_length=200)
    year = models.PositiveSmallIntegerField("来源年份")
    body = models.JSONField("时段与价格")
    imported_by = models.CharField("导入人", max_length=64)
    imported_id = models.CharField("导入人账号", max_length=64, blank=True)
    imported_person = models.CharField("导入人编号", max_length=24, blank=True)
    imported_at = models.DateTimeField("导入时间")
    is_generated = models.BooleanField("演示数据", default=False)

    class Meta:
        verbose_name = verbose_name_plural = "电价版本"
        ordering = ["code", "-version"]
        constraints = [
            models.UniqueConstraint(fields=["code", "version"], name="tariff_version_once"),
            models.CheckConstraint(
                condition=Q(valid_until=None) | Q(valid_until__gt=F("valid_from")),
                name="tariff_life_span",
            ),
            models.CheckConstraint(
                condition=Q(certainty__in=CERTAINTIES), name="tariff_certainty_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} 第 {self.version} 版"


class TariffCheck(HeldAgainstDocument):
    """A second person held a version against its document (电价核对); a withdrawn one stays."""

    tariff = models.ForeignKey(
        TariffVersion, models.PROTECT, related_name="checks", verbose_name="电价版本"
    )

    class Meta:
        verbose_name = verbose_name_plural = "电价核对"
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["tariff"], condition=Q(withdrawn_at=None), name="tariff_checked_once"
            ),
            models.CheckConstraint(
                condition=WITHDRAWN_WITH_WORDS,
                name="tariff_check_withdrawn_with_words",
            ),
            models.CheckConstraint(condition=SAYS_WHAT, name="tariff_check_says_what"),
        ]

    def __str__(self) -> str:
        return f"{self.tariff_id}"


class SupplyContract(models.Model):
    """How a firm is supplied and billed (用电合同要素)."""

    customer = models.OneToOneField(
        Customer, models.PROTECT, related_name="supply", verbose_name="客户"
    )
    meters = models.JSONField("表号")
    tariff_code = models.CharField("电价编码", max_length=24)
    way = models.CharField("基本电费方式", max_length=10)
    capacity_kva = models.FloatField("变压器容量（kVA）")
    contract_kw = models.FloatField("合同需量（kW）", null=True, blank=True)
    standard = models.FloatField("功率因数标准", null=True, blank=True)
    roof_kwp = models.FloatField("可装光伏（kWp）", null=True, blank=True)
    kvarh = models.JSONField("各月无功电量（kvarh）", default=dict, blank=True)
    kept_by = models.CharField("登记人", max_length=64)
    kept_at = models.DateTimeField("登记时间")
    is_generated = models.BooleanField("演示数据", default=False)

    class Meta:
        verbose_name = verbose_name_plural = "用电合同"
        constraints = [
            models.CheckConstraint(condition=Q(way__in=WAYS), name="supply_way_known"),
            models.CheckConstraint(condition=Q(capacity_kva__gt=0), name="supply_has_capacity"),
            models.CheckConstraint(
                condition=~Q(way="contract") | Q(contract_kw__gt=0),
                name="supply_contract_has_demand",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.customer_id}"


class AnalysisRun(models.Model):
    """One analysis of all firms of a unit over some months (企业用电分析)."""

    number = models.CharField("分析编号", max_length=24, unique=True)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name="单位")
    from_on = models.DateField("起")
    until_on = models.DateField("止（不含）")
    status = models.CharField(
        "状态", max_length=8, choices=[*lifecycle.LABELS.items()], default="WAITING"
    )
    engine_version = models.CharField("引擎版本", max_length=12, blank=True)
    share = models.FloatField("进度", default=0.0)
    words = models.CharField("进展或原因", max_length=400, blank=True)
    firms = models.PositiveIntegerField("企业数", default=0)
    analysed = models.PositiveIntegerField("已分析", default=0)
    low_cny = models.FloatField("可改进（低，元）", default=0.0)
    high_cny = models.FloatField("可改进（高，元）", default=0.0)
    asked_by = models.CharField("发起人", max_length=64)
    asked_at = models.DateTimeField("发起时间")
    finished_at = models.DateTimeField("完成时间", null=True, blank=True)
    is_generated = models.BooleanField("演示数据", default=False)

    class Meta:
        verbose_name = verbose_name_plural = "企业用电分析"
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=[*lifecycle.LABELS]), name="analysis_run_status_known"
            ),
            models.CheckConstraint(
                condition=Q(until_on__gt=F("from_on")), name="analysis_run_has_days"
            ),
            models.CheckConstraint(
                condition=Q(status="DONE", finished_at__isnull=False) & ~Q(engine_version="")
                | ~Q(status="DONE"),
                name="analysis_run_done_has_version",
            ),
        ]

    def __str__(self) -> str:
        return self.number


class FirmAnalysis(models.Model):
    """What one run says of one firm (一户的分析); it never changes."""

    run = models.ForeignKey(
        AnalysisRun, models.PROTECT, related_name="firm_analyses", verbose_name="分析"
    )
    customer = models.ForeignKey(
        Customer, models.PROTECT, related_name="analyses", verbose_name="客户"
    )
    tariff_code = models.CharField("电价编码", max_length=24)
    way = models.CharField("基本电费方式", max_length=10)
    capacity_kva = models.FloatField("变压器容量（kVA）")
    shape = models.CharField("负荷形态", max_length=12, blank=True)
    total_cny = models.FloatField("电费（元）", default=0.0)
    low_cny = models.FloatField("可改进（低，元）", default=0.0)
    high_cny = models.FloatField("可改进（高，元）", default=0.0)
    body = models.JSONField("特征与电费", default=dict)
    problem = models.JSONField("没有分析的原因", default=str, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "企业分析结果"
        ordering = ["run", "-high_cny", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["run", "customer"], name="firm_analysed_once_a_run"),
            models.CheckConstraint(
                condition=Q(low_cny__gte=0, high_cny__gte=F("low_cny")),
                name="firm_analysis_low_below_high",
            ),
        ]
        indexes = [models.Index(fields=["run", "-high_cny", "id"], name="firm_analysis_ranked")]

    def __str__(self) -> str:
        return f"{self.run_id} {self.customer_id}"


class Finding(models.Model):
    """Something worth money, as the engine found it (发现); decisions stand beside it."""

    number = models.CharField("发现编号", max_length=24, unique=True)
    analysis = models.ForeignKey(
        FirmAnalysis, models.PROTECT, related_name="findings", verbose_name="分析结果"
    )
    place = models.PositiveSmallIntegerField("名次")
    kind = models.CharField("类别", max_length=20)
    low_cny = models.FloatField("低（元）")
    high_cny = models.FloatField("高（元）")
    rule = models.CharField("规则", max_length=40)
    group = models.CharField("同一部分", max_length=20)
    is_counted = models.BooleanField("计入合计")
    confidence = models.CharField("把握", max_length=8)
    standing = models.CharField("性质", max_length=24)
    facts = models.JSONField("依据的数")
    points = models.JSONField("依据的时刻")

    class Meta:
        verbose_name = verbose_name_plural = "企业用电发现"
        ordering = ["analysis", "place"]
        constraints = [
            models.UniqueConstraint(fields=["analysis", "place"], name="finding_place_once"),
            models.UniqueConstraint(fields=["analysis", "kind"], name="finding_kind_once"),
            models.CheckConstraint(
                condition=Q(low_cny__gte=0, high_cny__gte=F("low_cny")),
                name="finding_low_below_high",
            ),
        ]

    def __str__(self) -> str:
        return self.number


class FindingDecision(models.Model):
    """What a person made of a finding (采纳或不采纳). The latest one holds; none is changed."""

    class Verdict(models.TextChoices):
        """Whether it is followed up."""

        ACCEPTED = "accepted", "采纳"
        DECLINED = "declined", "不采纳"

    finding = models.ForeignKey(
        Finding, models.PROTECT, related_name="decisions", verbose_name="发现"
    )
    verdict = models.CharField("决定", max_length=8, choices=Verdict.choices)
    words = models.CharField("理由", max_length=300, blank=True)
    decided_by = models.CharField("决定人账号", max_length=64)
    decided_name = models.CharField("决定人", max_length=64)
    decided_at = models.DateTimeField("决定时间")

    class Meta:
        verbose_name = verbose_name_plural = "对发现的决定"
        ordering = ["finding", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(verdict="accepted") | Q(verdict="declined") & ~Q(words=""),
                name="finding_declined_with_words",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.finding_id} {self.verdict}"


class FindingVisit(models.Model):
    """The visit that a finding led to (上门)."""

    finding = models.OneToOneField(
        Finding, models.PROTECT, related_name="visit", verbose_name="发现"
    )
    job = models.OneToOneField(Job, models.PROTECT, related_name="finding", verbose_name="工单")
    opened_by = models.CharField("开单人", max_length=64)
    opened_at = models.DateTimeField("开单时间")

    class Meta:
        verbose_name = verbose_name_plural = "发现的上门"

    def __str__(self) -> str:
        return f"{self.finding_id} {self.job_id}"


class FirmPass(models.Model):
    """A secret link by which a firm opens its own figures (企业链接); only its digest is kept.

    `post` is where it went, such as the firm's energy office; no person's name belongs there.
    """

    number = models.CharField("链接编号", max_length=24, unique=True)
    customer = models.ForeignKey(
        Customer, models.PROTECT, related_name="passes", verbose_name="客户"
    )
    post = models.CharField("交给哪个岗位", max_length=40)
    digest = models.CharField("链接摘要", max_length=64, unique=True)
    valid_until = models.DateField("有效期至")
    issued_by = models.CharField("发放人", max_length=64)
    issued_at = models.DateTimeField("发放时间")
    opened_on = models.DateField("最近打开", null=True, blank=True)
    revoked_by = models.CharField("收回人", max_length=64, blank=True)
    revoked_at = models.DateTimeField("收回时间", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "企业链接"
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(revoked_at=None, revoked_by="")
                | Q(revoked_at__isnull=False) & ~Q(revoked_by=""),
                name="firm_pass_revoked_by_somebody",
            ),
            models.CheckConstraint(condition=~Q(digest=""), name="firm_pass_has_digest"),
        ]

    def __str__(self) -> str:
        return self.number
