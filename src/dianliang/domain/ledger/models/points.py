"""Points: rules with versions, what records earn by them, notice, appeals, and what they buy."""

from django.db import models
from django.db.models import F, Q

from dianliang.domain.directory.models import Unit
from dianliang.domain.ledger import lifecycle
from dianliang.domain.ledger.models.books import Article, Book, Entry
from dianliang.domain.workforce.models import Person, Team


class PointRule(models.Model):
    """What earns points in a book (积分规则); how many is said by its versions."""

    class Basis(models.TextChoices):
        """What sort of record earns."""

        HOURS = "hours", "服务时长"
        VERIFIED = "verified", "签到核实的时长"
        VISIT = "visit", "走访或上门服务"
        ACTIVITY = "activity", "参加活动"
        LECTURE = "lecture", "担任主讲"
        COURSE = "course", "完成培训"
        MEETING = "meeting", "参加组织生活"
        TASK = "task", "完成任务清单"
        PROPOSAL = "proposal", "课题与创新成果"
        RATING = "rating", "群众好评"
        GIFT = "gift", "捐赠"

    code = models.CharField("规则编码", max_length=24, unique=True)
    name = models.CharField("名称", max_length=40)
    book = models.ForeignKey(Book, models.PROTECT, related_name="rules", verbose_name="账本")
    basis = models.CharField("依据", max_length=10, choices=Basis.choices)
    members_only = models.BooleanField("仅党员", default=False)
    position = models.PositiveSmallIntegerField("次序", default=0)
    is_generated = models.BooleanField("演示数据", default=False)

    class Meta:
        verbose_name = verbose_name_plural = "积分规则"
        ordering = ["position", "code"]
        constraints = [
            models.CheckConstraint(
                condition=Q(
                    basis__in=[
                        "hours",
                        "verified",
                        "visit",
                        "activity",
                        "lecture",
                        "course",
                        "meeting",
                        "task",
                        "proposal",
                        "rating",
                        "gift",
                    ]
                ),
                name="point_rule_basis_known",
            )
        ]

    def __str__(self) -> str:
        return self.name


class RuleVersion(models.Model):
    """How many points a rule gives from a day on (积分规则版本).

    A period ends where that of the next version in force begins, or on `until_on`. `points` are
    given for every full `per` of the basis' quantity: minutes of hours, 1 of anything else.
    """

    rule = models.ForeignKey(
        PointRule, models.PROTECT, related_name="versions", verbose_name="规则"
    )
    edition = models.PositiveIntegerField("版本")
    points = models.PositiveIntegerField("分值")
    per = models.PositiveIntegerField("每多少计一次", default=1)
    most_a_day = models.PositiveIntegerField("每日上限", null=True, blank=True)
    most_a_month = models.PositiveIntegerField("每月上限", null=True, blank=True)
    from_on = models.DateField("起")
    until_on = models.DateField("止", null=True, blank=True)
    reason = models.CharField("制定理由", max_length=200)
    status = models.CharField(
        "状态", max_length=8, choices=[*lifecycle.RULE_VERSION_LABELS.items()], default="DRAFT"
    )
    drafted_at = models.DateTimeField("拟定时间")
    drafted_by = models.CharField("拟定人编号", max_length=64)
    drafted_name = models.CharField("拟定人", max_length=64)
    tried_at = models.DateTimeField("试算时间", null=True, blank=True)
    effect = models.CharField("试算结果", max_length=200, blank=True)
    enacted_at = models.DateTimeField("生效时间", null=True, blank=True)
    enacted_by = models.CharField("批准人编号", max_length=64, blank=True)
    enacted_name = models.CharField("批准人", max_length=64, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "积分规则版本"
        ordering = ["rule", "edition"]
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=[*lifecycle.RULE_VERSION_LABELS]),
                name="rule_version_status_known",
            ),
            models.UniqueConstraint(fields=["rule", "edition"], name="rule_version_once"),
            models.UniqueConstraint(
                fields=["rule", "from_on"],
                condition=Q(status="IN_FORCE"),
                name="rule_version_one_from_a_day",
            ),
            models.CheckConstraint(
                condition=Q(points__gt=0, per__gt=0), name="rule_version_gives_something"
            ),
            models.CheckConstraint(
                condition=Q(until_on=None) | Q(until_on__gt=F("from_on")),
                name="rule_version_period",
            ),
            models.CheckConstraint(
                condition=(Q(most_a_day=None) | Q(most_a_day__gt=0))
                & (Q(most_a_month=None) | Q(most_a_month__gt=0)),
                name="rule_version_caps_positive",
            ),
            models.CheckConstraint(
                condition=~Q(status="IN_FORCE")
                | (Q(tried_at__isnull=False, enacted_at__isnull=False) & Q(enacted_by__gt="")),
                name="rule_version_tried_before_in_force",
            ),
            models.CheckConstraint(
                condition=Q(enacted_by="") | ~Q(enacted_by=F("drafted_by")),
                name="rule_version_by_a_second_person",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.rule} 第 {self.edition} 版"

    @property
    def number(self) -> str:
        """Return what audit events call it."""
        return f"{self.rule.code}/{self.edition}"


class Settlement(models.Model):
    """Points that records of a period earned a unit's people: checked, shown, posted (积分结算)."""

    number = models.CharField("结算单号", max_length=24, unique=True)
    book = models.ForeignKey(Book, models.PROTECT, related_name="+", verbose_name="账本")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name="单位")
    since = models.DateField("起")
    until = models.DateField("止")
    status = models.CharField(
        "状态", max_length=8, choices=[*lifecycle.SETTLEMENT_LABELS.items()], default="DRAFT"
    )
    made_at = models.DateTimeField("计算时间")
    made_by = models.CharField("计算人编号", max_length=64)
    made_name = models.CharField("计算人", max_length=64)
    shown_at = models.DateTimeField("公示时间", null=True, blank=True)
    notice_until = models.DateTimeField("公示截止", null=True, blank=True)
    posted_at = models.DateTimeField("入账时间", null=True, blank=True)
    is_generated = models.BooleanField("演示数据", default=False)

    class Meta:
        verbose_name = verbose_name_plural = "积分结算"
        ordering = ["-number"]
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=[*lifecycle.SETTLEMENT_LABELS]),
                name="settlement_status_known",
            ),
            models.CheckConstraint(condition=Q(until__gt=F("since")), name="settlement_period"),
            models.CheckConstraint(
                condition=Q(status__in=["DRAFT", "DROPPED"])
                | Q(shown_at__isnull=False, notice_until__isnull=False),
                name="settlement_shown_until_when",
            ),
        ]

    def __str__(self) -> str:
        return self.number


class Award(models.Model):
    """Points that one record earned one person by one version of a rule (积分明细).

    A record earns by a rule once. Who approves is another person: the database insists.
    """

    settlement = models.ForeignKey(
        Settlement, models.CASCADE, related_name="awards", verbose_name="结算单"
    )
    rule = models.ForeignKey(PointRule, models.PROTECT, related_name="+", verbose_name="规则")
    version = models.ForeignKey(
        RuleVersion, models.PROTECT, related_name="awards", verbose_name="规则版本"
    )
    person = models.ForeignKey(Person, models.PROTECT, related_name="awards", verbose_name="人员")
    team = models.ForeignKey(
        Team, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="队伍"
    )
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name="单位")
    on = models.DateField("日期")
    source_kind = models.CharField("来源类别", max_length=24)
    source_number = models.CharField("来源编号", max_length=60)
    quantity = models.PositiveIntegerField("数量")
    points = models.PositiveIntegerField("得分")
    capped = models.PositiveIntegerField("超上限未计", default=0)
    decided_person = models.ForeignKey(
        Person, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="审核人员"
    )
    decided_by = models.CharField("审核人编号", max_length=64, blank=True)
    decided_name = models.CharField("审核人", max_length=64, blank=True)
    decided_at = models.DateTimeField("审核时间", null=True, blank=True)
    refused_because = models.CharField("不予计分原因", max_length=200, blank=True)
    entry = models.OneToOneField(
        Entry, models.PROTECT, null=True, blank=True, related_name="award", verbose_name="分录"
    )

    class Meta:
        verbose_name = verbose_name_plural = "积分明细"
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["rule", "person", "source_kind", "source_number"],
                name="award_once_per_record",
            ),
            models.CheckConstraint(
                condition=Q(decided_person=None) | ~Q(decided_person=F("person")),
                name="award_approver_is_not_beneficiary",
            ),
            models.CheckConstraint(
                condition=Q(entry=None)
                | (Q(decided_by__gt="", refused_because="") & Q(points__gt=0)),
                name="award_posted_after_approval",
            ),
            models.CheckConstraint(
                condition=Q(decided_by="", decided_at=None, refused_because="")
                | Q(decided_by__gt="", decided_at__isnull=False),
                name="award_decided_by_whom_when",
            ),
        ]
        indexes = [models.Index(fields=["person", "on"], name="award_of_person")]

    def __str__(self) -> str:
        return f"{self.person} {self.rule} {self.points}"


class Appeal(models.Model):
    """Somebody finds his points wrong; another person decides (积分申诉)."""

    number = models.CharField("申诉号", max_length=24, unique=True)
    award = models.ForeignKey(
        Award, models.PROTECT, related_name="appeals", verbose_name="积分明细"
    )
    words = models.CharField("申诉理由", max_length=500)
    wanted = models.PositiveIntegerField("主张得分")
    status = models.CharField(
        "状态", max_length=8, choices=[*lifecycle.APPEAL_LABELS.items()], default="OPEN"
    )
    made_at = models.DateTimeField("申诉时间")
    made_by = models.CharField("提出人编号", max_length=64)
    made_name = models.CharField("提出人", max_length=64)
    decided_by = models.CharField("裁定人编号", max_length=64, blank=True)
    decided_person = models.ForeignKey(
        Person, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="裁定人员"
    )
    decided_name = models.CharField("裁定人", max_length=64, blank=True)
    decided_at = models.DateTimeField("裁定时间", null=True, blank=True)
    because = models.CharField("裁定理由", max_length=500, blank=True)
    granted = models.PositiveIntegerField("裁定得分", null=True, blank=True)
    counter_entry = models.OneToOneField(
        Entry, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="冲正分录"
    )
    new_entry = models.OneToOneField(
        Entry, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="更正分录"
    )

    class Meta:
        verbose_name = verbose_name_plural = "积分申诉"
        ordering = ["-number"]
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=[*lifecycle.APPEAL_LABELS]), name="appeal_status_known"
            ),
            models.UniqueConstraint(
                fields=["award"], condition=Q(status="OPEN"), name="appeal_one_open"
            ),
            models.CheckConstraint(
                condition=Q(decided_by="") | ~Q(decided_by=F("made_by")),
                name="appeal_by_a_second_person",
            ),
            models.CheckConstraint(
                condition=Q(status="OPEN", decided_by="")
                | (~Q(status="OPEN") & Q(decided_by__gt="", because__gt="")),
                name="appeal_decided_with_reason",
            ),
        ]

    def __str__(self) -> str:
        return self.number


class Redemption(models.Model):
    """A person gave points and got goods (积分兑换): one entry in each of two books."""

    number = models.CharField("兑换单号", max_length=24, unique=True)
    person = models.ForeignKey(
        Person, models.PROTECT, related_name="redemptions", verbose_name="人员"
    )
    article = models.ForeignKey(Article, models.PROTECT, related_name="+", verbose_name="物品")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name="发放单位")
    pieces = models.PositiveIntegerField("件数")
    points = models.PositiveIntegerField("所用积分")
    at = models.DateTimeField("兑换时间")
    by_id = models.CharField("经办人编号", max_length=64)
    by_name = models.CharField("经办人", max_length=64)
    by_person = models.ForeignKey(
        Person, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="经办人员"
    )
    points_entry = models.OneToOneField(
        Entry, models.PROTECT, related_name="+", verbose_name="积分分录"
    )
    goods_entry = models.OneToOneField(
        Entry, models.PROTECT, related_name="+", verbose_name="实物分录"
    )
    key = models.CharField("幂等键", max_length=80, unique=True)

    class Meta:
        verbose_name = verbose_name_plural = "积分兑换"
        ordering = ["-number"]
        constraints = [
            models.CheckConstraint(
                condition=Q(pieces__gt=0, points__gt=0), name="redemption_of_something"
            ),
            models.CheckConstraint(
                condition=Q(by_person=None) | ~Q(by_person=F("person")),
                name="redemption_by_another_person",
            ),
        ]

    def __str__(self) -> str:
        return self.number
