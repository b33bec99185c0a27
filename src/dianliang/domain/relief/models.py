"""What measured curves say of transformers, what an engine proposes, and what people decide.

Rows are written once. What was decided about a proposal, and what was built, are rows of their own.
"""

from django.db import models
from django.db.models import F, Q

from dianliang.core.second_person import SAYS_WHAT, WITHDRAWN_WITH_WORDS, HeldAgainstDocument
from dianliang.domain.network.models import Transformer


class Screening(models.Model):
    """The transformers of a month, judged from their meters by one set of rules (负载判定)."""

    number = models.CharField("判定编号", max_length=24, unique=True)
    month = models.DateField("月份")
    from_on = models.DateField("数据起始日")
    until_on = models.DateField("数据截止日（不含）")
    transformers = models.PositiveIntegerField("变压器台数")
    strangers = models.JSONField("台账里没有的变压器", default=list)
    rules = models.TextField("判定规则")
    engine = models.CharField("算法版本", max_length=24)
    made_at = models.DateTimeField("判定时间")
    made_by = models.CharField("判定人", max_length=64)
    is_generated = models.BooleanField("演示数据", default=False)

    class Meta:
        verbose_name = verbose_name_plural = "负载判定"
        ordering = ["-month", "-pk"]
        constraints = [
            models.CheckConstraint(condition=Q(month__day=1), name="screening_of_a_month"),
            models.CheckConstraint(
                condition=Q(until_on__gt=F("from_on")), name="screening_has_days"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.month:%Y-%m}"


class Judgement(models.Model):
    """What a screening found of one transformer (判定结果)."""

    class Line(models.TextChoices):
        """The most serious line that its load went beyond."""

        NONE = "", "正常"
        HEAVY = "heavy", "重载"
        OVER = "over", "过载"
        UNKNOWN = "unknown", "数据不足"

    screening = models.ForeignKey(
        Screening, models.PROTECT, related_name="judgements", verbose_name="判定"
    )
    transformer = models.ForeignKey(
        Transformer, models.PROTECT, related_name="+", verbose_name="变压器"
    )
    capacity_kva = models.FloatField("额定容量（kVA）")
    meters = models.PositiveIntegerField("表数")
    known_share = models.FloatField("数据完整率")
    unbelieved_points = models.PositiveIntegerField("超出额定三倍的点数", default=0)
    line = models.CharField("结论", max_length=8, choices=Line.choices, blank=True)
    peak_kw = models.FloatField("最大负荷（kW）", null=True)
    peak_share = models.FloatField("最大负载率", null=True)
    peak_at = models.DateTimeField("最大负荷时刻", null=True)
    over_minutes = models.PositiveIntegerField("达到过载线（分钟）")
    heavy_minutes = models.PositiveIntegerField("达到重载线（分钟）")
    over_runs = models.PositiveIntegerField("过载次数")
    heavy_runs = models.PositiveIntegerField("重载次数")
    uneven_runs = models.PositiveIntegerField("三相不平衡次数", null=True)
    low_minutes = models.PositiveIntegerField("低电压（分钟，最差一只表）", null=True)
    high_minutes = models.PositiveIntegerField("高电压（分钟，最差一只表）", null=True)
    least_v = models.FloatField("最低电压（V）", null=True)
    most_v = models.FloatField("最高电压（V）", null=True)
    runs = models.JSONField("各次越线", default=list)

    class Meta:
        verbose_name = verbose_name_plural = "判定结果"
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["screening", "transformer"], name="judgement_once_a_screening"
            ),
            models.CheckConstraint(
                condition=Q(line__in=["", "heavy", "over", "unknown"]), name="judgement_line_known"
            ),
            models.CheckConstraint(
                condition=Q(known_share__range=(0, 1), capacity_kva__gt=0),
                name="judgement_shares",
            ),
            models.CheckConstraint(
                condition=Q(peak_kw=None, peak_share=None, peak_at=None)
                | Q(peak_kw__isnull=False, peak_share__isnull=False, peak_at__isnull=False),
                name="judgement_peak_is_whole",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.screening.number} {self.transformer.number}"


class Proposal(models.Model):
    """Measures that an engine proposes for the money, with its proof and its inputs (治理方案)."""

    number = models.CharField("方案编号", max_length=24, unique=True)
    screening = models.ForeignKey(
        Screening, models.PROTECT, related_name="proposals", verbose_name="判定"
    )
    unit_path = models.CharField("所属单位路径", max_length=200)
    budget_cny = models.FloatField("预算（元）", null=True)
    most_units = models.PositiveIntegerField("变压器台数上限", null=True)
    prices = models.JSONField("造价口径")
    areas = models.PositiveIntegerField("过载台区数")
    relieved = models.PositiveIntegerField("可治理台区数")
    bound = models.PositiveIntegerField("已证明的上限")
    cost_cny = models.FloatField("费用（元）")
    units = models.PositiveIntegerField("用变压器台数")
    avoided_cny = models.FloatField("比更换大容量变压器少花（元）")
    by_budget = models.JSONField("不同预算的结果")
    left_out = models.JSONField("已投运不再列入的变压器", default=list)
    engine = models.CharField("算法版本", max_length=24)
    made_at = models.DateTimeField("提出时间")
    made_by = models.CharField("提出人", max_length=64)
    is_generated = models.BooleanField("演示数据", default=False)

    class Meta:
        verbose_name = verbose_name_plural = "治理方案"
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(budget_cny=None) | Q(budget_cny__gte=0),
                name="proposal_budget_not_negative",
            ),
            models.CheckConstraint(
                condition=Q(cost_cny__gte=0, relieved__lte=F("areas"), bound__gte=F("relieved")),
                name="proposal_adds_up",
            ),
        ]

    def __str__(self) -> str:
        return self.number


class ProposedArea(models.Model):
    """What a proposal means for one transformer, and why (台区方案)."""

    class Outcome(models.TextChoices):
        """What becomes of it."""

        RELIEVED = "relieved", "可治理"
        NOT_CHOSEN = "not_chosen", "这次没选上"
        NO_MEANS = "no_means", "现有措施治不了"

    proposal = models.ForeignKey(
        Proposal, models.PROTECT, related_name="lines", verbose_name="方案"
    )
    transformer = models.ForeignKey(
        Transformer, models.PROTECT, related_name="+", verbose_name="变压器"
    )
    outcome = models.CharField("结果", max_length=10, choices=Outcome.choices)
    words = models.TextField("理由")
    told = models.JSONField("理由的各部分", null=True)
    measures = models.JSONField("措施", default=list)
    cheapest = models.JSONField("最省的办法", default=list)
    cost_cny = models.FloatField("费用（元）")
    units = models.PositiveIntegerField("用变压器台数")
    lacking_cny = models.FloatField("还差（元）")
    usual_cny = models.FloatField("换够大的变压器（元）", null=True)
    before_share = models.FloatField("治理前最大负载率")
    after_share = models.FloatField("治理后最大负载率")
    before_kwh = models.FloatField("治理前超出重载线的电量（kWh）")
    after_kwh = models.FloatField("治理后超出重载线的电量（kWh）")

    class Meta:
        verbose_name = verbose_name_plural = "台区方案"
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["proposal", "transformer"], name="proposed_area_once"),
            models.CheckConstraint(
                condition=Q(outcome__in=["relieved", "not_chosen", "no_means"]),
                name="proposed_area_outcome_known",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.proposal.number} {self.transformer.number}"


class Decision(models.Model):
    """Who took or declined what was proposed for a transformer, and why (方案决定)."""

    class Verdict(models.TextChoices):
        """What was decided."""

        TAKEN = "taken", "采纳"
        DECLINED = "declined", "不采纳"

    line = models.OneToOneField(
        ProposedArea, models.PROTECT, related_name="decision", verbose_name="台区方案"
    )
    verdict = models.CharField("决定", max_length=8, choices=Verdict.choices)
    reason = models.CharField("理由", max_length=200, blank=True)
    decided_at = models.DateTimeField("决定时间")
    decided_by = models.CharField("决定人", max_length=64)

    class Meta:
        verbose_name = verbose_name_plural = "方案决定"
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(verdict="taken") | Q(verdict="declined") & ~Q(reason=""),
                name="relief_declined_with_a_reason",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.line} {self.get_verdict_display()}"


class Completion(models.Model):
    """What was built of a measure that was taken, and when it went into service (投运记录)."""

    decision = models.OneToOneField(
        Decision, models.PROTECT, related_name="completion", verbose_name="方案决定"
    )
    built_on = models.DateField("投运日期")
    spent_cny = models.FloatField("实际费用（元）")
    note = models.CharField("说明", max_length=200, blank=True)
    recorded_at = models.DateTimeField("登记时间")
    recorded_by = models.CharField("登记人", max_length=64)

    class Meta:
        verbose_name = verbose_name_plural = "投运记录"
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(condition=Q(spent_cny__gte=0), name="relief_spent_not_negative"),
        ]

    def __str__(self) -> str:
        return f"{self.decision} {self.built_on}"


class MeasurePrice(models.Model):
    """A version of what a measure costs the company, with its source and year (造价口径)."""

    class Item(models.TextChoices):
        """What is paid for."""

        DEDICATED = "dedicated", "专变，每台公司承担（元）"
        BALANCE = "balance", "三相平衡，每个台区（元）"
        TRANSFER = "transfer", "负荷转移，每处（元）"
        STORAGE = "storage", "储能，每千瓦时（元）"
        LARGER = "larger", "增容，换成这一容量每台（元）"

    code = models.CharField("编号", max_length=32, unique=True)
    item = models.CharField("措施", max_length=12, choices=Item.choices)
    rating_kva = models.PositiveIntegerField("额定容量（kVA）", null=True)
    edition = models.PositiveIntegerField("版次")
    cny = models.FloatField("造价（元）")
    source = models.CharField("来源", max_length=120)
    year = models.PositiveIntegerField("价格年份")
    unusual = models.JSONField("不寻常之处", default=list, blank=True)
    recorded_by = models.CharField("登记人", max_length=64)
    recorded_id = models.CharField("登记人账号", max_length=64, blank=True)
    recorded_person = models.CharField("登记人编号", max_length=24, blank=True)
    recorded_at = models.DateTimeField("登记时间")

    class Meta:
        verbose_name = verbose_name_plural = "造价口径"
        ordering = ["item", "rating_kva", "-edition"]
        constraints = [
            models.UniqueConstraint(
                fields=["item", "rating_kva", "edition"],
                nulls_distinct=False,
                name="measure_price_edition_once",
            ),
            models.CheckConstraint(
                condition=Q(item="larger", rating_kva__gt=0)
                | Q(item__in=["dedicated", "balance", "transfer", "storage"], rating_kva=None),
                name="measure_price_rating_iff_larger",
            ),
            models.CheckConstraint(
                condition=Q(cny__gte=0, edition__gte=1) & ~Q(source=""),
                name="measure_price_is_told",
            ),
        ]

    def __str__(self) -> str:
        return self.code


class PriceCheck(HeldAgainstDocument):
    """A second person held a price against its document (造价核对); a withdrawn one stays."""

    price = models.ForeignKey(
        MeasurePrice, models.PROTECT, related_name="checks", verbose_name="造价"
    )

    class Meta:
        verbose_name = verbose_name_plural = "造价核对"
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["price"], condition=Q(withdrawn_at=None), name="price_checked_once"
            ),
            models.CheckConstraint(
                condition=WITHDRAWN_WITH_WORDS,
                name="price_check_withdrawn_with_words",
            ),
            models.CheckConstraint(condition=SAYS_WHAT, name="price_check_says_what"),
        ]

    def __str__(self) -> str:
        return f"{self.price_id}"


class Study(models.Model):
    """What an engine computed from given inputs, kept as it was (电网计算书)."""

    class Kind(models.TextChoices):
        """What was asked."""

        FLOW = "flow", "潮流计算"
        SEASON = "season", "季节预测"
        ZONE = "zone", "光储直柔"

    number = models.CharField("计算书编号", max_length=24, unique=True)
    kind = models.CharField("类型", max_length=8, choices=Kind.choices)
    title = models.CharField("名称", max_length=80)
    unit_path = models.CharField("所属单位路径", max_length=200)
    inputs = models.JSONField("输入")
    result = models.JSONField("结果")
    detail = models.BinaryField("明细（压缩）")
    engine = models.CharField("算法版本", max_length=24)
    made_at = models.DateTimeField("完成时间")
    made_by = models.CharField("计算人", max_length=64)
    is_generated = models.BooleanField("演示数据", default=False)

    class Meta:
        verbose_name = verbose_name_plural = "电网计算书"
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=["flow", "season", "zone"]), name="study_kind_known"
            ),
        ]
        indexes = [models.Index(fields=["kind", "unit_path"], name="study_of_a_unit")]

    def __str__(self) -> str:
        return self.number
