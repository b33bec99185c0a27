"""What branches do with others: pairings, alliances, secondments."""

from django.db import models
from django.db.models import F, Q

from dianliang.domain.branches import lifecycle
from dianliang.domain.branches.models.register import Branch
from dianliang.domain.directory.models import Unit
from dianliang.domain.territory.models import Area
from dianliang.domain.workforce.models import Person


class PairingMode(models.Model):
    """In what way branches build together (联建模式): 先后互学, 左右互建 … Data, not code."""

    code = models.CharField("模式编码", max_length=16, unique=True)
    name = models.CharField("名称", max_length=40, unique=True)
    counterpart = models.CharField("对方", max_length=60)
    position = models.PositiveSmallIntegerField("次序", default=0)
    is_active = models.BooleanField("启用", default=True)

    class Meta:
        verbose_name = verbose_name_plural = "联建模式"
        ordering = ["position", "code"]

    def __str__(self) -> str:
        return self.name


class Alliance(models.Model):
    """One representative, one branch, and N branches outside (1+1+N 党建联盟), row 004-03."""

    number = models.CharField("联盟编号", max_length=24, unique=True)
    title = models.CharField("名称", max_length=60)
    branch = models.ForeignKey(
        Branch, models.PROTECT, related_name="alliances", verbose_name="基层支部"
    )
    theme_words = models.CharField("互动主题", max_length=120)
    starts_on = models.DateField("起")
    status = models.CharField(
        "状态", max_length=12, choices=[*lifecycle.ALLIANCE_LABELS.items()], default="DRAFT"
    )
    summary = models.TextField("总结", blank=True)
    closed_on = models.DateField("总结日期", null=True, blank=True)
    created_by = models.CharField("登记人", max_length=64)
    created_at = models.DateTimeField("登记时间")
    is_generated = models.BooleanField("演示数据", default=False)

    class Meta:
        verbose_name = verbose_name_plural = "党建联盟"
        ordering = ["number"]
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=[*lifecycle.ALLIANCE_LABELS]), name="alliance_status_known"
            ),
            models.UniqueConstraint(
                fields=["branch"],
                condition=Q(status__in=["DRAFT", "RUNNING"]),
                name="alliance_one_at_a_time",
            ),
            models.CheckConstraint(
                condition=Q(status="CLOSED", closed_on__isnull=False) & ~Q(summary="")
                | ~Q(status="CLOSED") & Q(closed_on=None),
                name="alliance_closed_with_a_summary",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.title}"


class Pairing(models.Model):
    """A branch and another party organisation build together for a time (支部结对), row 001-05.

    The other side is a unit, an area (a village), or an organisation outside that only has a name.
    """

    number = models.CharField("结对编号", max_length=24, unique=True)
    branch = models.ForeignKey(Branch, models.PROTECT, related_name="pairings", verbose_name="支部")
    mode = models.ForeignKey(PairingMode, models.PROTECT, verbose_name="联建模式")
    other_unit = models.ForeignKey(
        Unit, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="对方单位"
    )
    other_area = models.ForeignKey(
        Area, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="对方村社区"
    )
    other_name = models.CharField("对方组织", max_length=60)
    alliance = models.ForeignKey(
        Alliance,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="pairings",
        verbose_name="所属联盟",
    )
    goal = models.CharField("共建目标", max_length=300)
    from_on = models.DateField("起")
    until_on = models.DateField("止")
    signed_on = models.DateField("签约日期", null=True, blank=True)
    status = models.CharField(
        "状态", max_length=12, choices=[*lifecycle.PAIRING_LABELS.items()], default="DRAFT"
    )
    ended_on = models.DateField("结束日期", null=True, blank=True)
    created_by = models.CharField("登记人", max_length=64)
    created_at = models.DateTimeField("登记时间")
    is_generated = models.BooleanField("演示数据", default=False)

    class Meta:
        verbose_name = verbose_name_plural = "支部结对"
        ordering = ["number"]
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=[*lifecycle.PAIRING_LABELS]),
                name="branch_pairing_status_known",
            ),
            models.CheckConstraint(
                condition=Q(until_on__gte=F("from_on")), name="branch_pairing_period"
            ),
            models.CheckConstraint(
                condition=Q(other_unit=None) | Q(other_area=None),
                name="branch_pairing_one_other_side",
            ),
            models.CheckConstraint(
                condition=Q(status__in=["DRAFT", "STOPPED"]) | Q(signed_on__isnull=False),
                name="branch_pairing_signed_before_it_counts",
            ),
            models.CheckConstraint(
                condition=Q(status__in=["ENDED", "STOPPED"], ended_on__isnull=False)
                | Q(status__in=["DRAFT", "RUNNING"], ended_on=None),
                name="branch_pairing_end_has_a_day",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.branch} – {self.other_name}"


class PairingStep(models.Model):
    """Something that a pairing plans to do until a day (共建计划)."""

    pairing = models.ForeignKey(Pairing, models.CASCADE, related_name="steps", verbose_name="结对")
    position = models.PositiveSmallIntegerField("次序")
    words = models.CharField("计划事项", max_length=200)
    due_on = models.DateField("完成期限")

    class Meta:
        verbose_name = verbose_name_plural = "共建计划"
        ordering = ["pairing", "position"]
        constraints = [
            models.UniqueConstraint(
                fields=["pairing", "position"], name="branch_pairing_step_position"
            )
        ]

    def __str__(self) -> str:
        return f"{self.position}. {self.words}"


class PairingResult(models.Model):
    """What came of a pairing on a day (共建成果), perhaps with the record that shows it."""

    number = models.CharField("成果编号", max_length=24, unique=True)
    pairing = models.ForeignKey(
        Pairing, models.PROTECT, related_name="results", verbose_name="结对"
    )
    step = models.ForeignKey(
        PairingStep,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="results",
        verbose_name="计划事项",
    )
    on = models.DateField("日期")
    words = models.CharField("成果", max_length=300)
    record_kind = models.CharField("佐证类别", max_length=24, blank=True)
    record_number = models.CharField("佐证编号", max_length=40, blank=True)
    recorded_by = models.CharField("登记人", max_length=64)
    recorded_at = models.DateTimeField("登记时间")

    class Meta:
        verbose_name = verbose_name_plural = "共建成果"
        ordering = ["-on", "-pk"]

    def __str__(self) -> str:
        return f"{self.on} {self.words}"


class SecondmentKind(models.Model):
    """In what way somebody is sent (挂职方式): 挂职, 上挂, 下派党建代表. Data, not code.

    `represents` says that who is sent is the representative (党建代表) of the branch.
    """

    code = models.CharField("方式编码", max_length=16, unique=True)
    name = models.CharField("名称", max_length=24, unique=True)
    represents = models.BooleanField("即党建代表", default=False)
    position = models.PositiveSmallIntegerField("次序", default=0)
    is_active = models.BooleanField("启用", default=True)

    class Meta:
        verbose_name = verbose_name_plural = "挂职方式"
        ordering = ["position", "code"]

    def __str__(self) -> str:
        return self.name


class Secondment(models.Model):
    """A person works for another branch for a time (挂职、上挂下派), rows 001-13 and 004-06."""

    number = models.CharField("挂职编号", max_length=24, unique=True)
    kind = models.ForeignKey(SecondmentKind, models.PROTECT, verbose_name="方式")
    person = models.ForeignKey(
        Person, models.PROTECT, related_name="secondments", verbose_name="人员"
    )
    from_unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name="派出单位")
    branch = models.ForeignKey(
        Branch, models.PROTECT, related_name="secondments", verbose_name="接收支部"
    )
    post = models.CharField("职务", max_length=40)
    from_on = models.DateField("起")
    until_on = models.DateField("止")
    status = models.CharField(
        "状态", max_length=12, choices=[*lifecycle.SECONDMENT_LABELS.items()], default="PLANNED"
    )
    ended_on = models.DateField("结束日期", null=True, blank=True)
    appraisal = models.CharField("期满鉴定", max_length=400, blank=True)
    created_by = models.CharField("登记人", max_length=64)
    created_at = models.DateTimeField("登记时间")
    is_generated = models.BooleanField("演示数据", default=False)

    class Meta:
        verbose_name = verbose_name_plural = "挂职"
        ordering = ["number"]
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=[*lifecycle.SECONDMENT_LABELS]),
                name="secondment_status_known",
            ),
            models.CheckConstraint(
                condition=Q(until_on__gte=F("from_on")), name="secondment_period"
            ),
            models.CheckConstraint(
                condition=Q(status="ENDED", ended_on__isnull=False)
                | ~Q(status="ENDED") & Q(ended_on=None),
                name="secondment_end_has_a_day",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.person} → {self.branch}"
