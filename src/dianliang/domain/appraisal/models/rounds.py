"""Rounds of 三管 and contests: marks by hand, results that stay, appeals against them."""

from django.db import models
from django.db.models import F, Q

from dianliang.core.models import StoredFile
from dianliang.domain.appraisal import lifecycle
from dianliang.domain.appraisal.models.rules import Edition, Indicator
from dianliang.domain.branches.models import Branch
from dianliang.domain.directory.models import Unit
from dianliang.domain.workforce.models import Person


class Round(models.Model):
    """The branches, or people, of a unit are rated for a period (考评期), rows 004-09, 004-15.

    Of a contest the rules are announced before the first day; the database insists.
    """

    number = models.CharField("考评编号", max_length=24, unique=True)
    title = models.CharField("名称", max_length=80)
    edition = models.ForeignKey(
        Edition, models.PROTECT, related_name="rounds", verbose_name="规则版本"
    )
    is_contest = models.BooleanField("竞赛", default=False)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name="单位")
    since = models.DateField("起")
    until = models.DateField("止")
    announced_on = models.DateField("规则公布日期")
    announced_at = models.DateTimeField("规则公布时间")
    announced_by = models.CharField("公布人", max_length=64)
    status = models.CharField(
        "状态", max_length=10, choices=[*lifecycle.ROUND_LABELS.items()], default="OPEN"
    )
    notice_until = models.DateField("公示截止", null=True, blank=True)
    published_at = models.DateTimeField("公布时间", null=True, blank=True)
    is_generated = models.BooleanField("演示数据", default=False)

    class Meta:
        verbose_name = verbose_name_plural = "考评期"
        ordering = ["-since", "-number"]
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=[*lifecycle.ROUND_LABELS]), name="round_status_known"
            ),
            models.CheckConstraint(condition=Q(until__gte=F("since")), name="round_period"),
            models.CheckConstraint(
                condition=Q(is_contest=False) | Q(announced_on__lt=F("since")),
                name="round_contest_announced_before",
            ),
            models.CheckConstraint(
                condition=Q(status__in=["OPEN", "CANCELLED"]) | Q(notice_until__isnull=False),
                name="round_shown_until_when",
            ),
        ]

    def __str__(self) -> str:
        return self.title


class Mark(models.Model):
    """An assessor's mark out of 100 for what no record shows (人工评分), with evidence.

    `subject` is the code of a branch's unit or the number of a person. Nobody marks himself.
    """

    round = models.ForeignKey(Round, models.PROTECT, related_name="marks", verbose_name="考评期")
    indicator = models.ForeignKey(
        Indicator, models.PROTECT, related_name="marks", verbose_name="指标"
    )
    subject = models.CharField("对象", max_length=40)
    mark = models.PositiveSmallIntegerField("评分")
    words = models.CharField("依据", max_length=300)
    file = models.ForeignKey(
        StoredFile, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="文件"
    )
    record_kind = models.CharField("佐证类别", max_length=24, blank=True)
    record_number = models.CharField("佐证编号", max_length=40, blank=True)
    assessor = models.CharField("评分人账号", max_length=64)
    assessor_name = models.CharField("评分人", max_length=64)
    assessor_person = models.CharField("评分人编号", max_length=24, blank=True)
    at = models.DateTimeField("评分时间")

    class Meta:
        verbose_name = verbose_name_plural = "人工评分"
        constraints = [
            models.UniqueConstraint(fields=["round", "indicator", "subject"], name="mark_once"),
            models.CheckConstraint(condition=Q(mark__lte=100), name="mark_out_of_100"),
            models.CheckConstraint(
                condition=~Q(assessor_person=F("subject")), name="mark_not_of_oneself"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.indicator} {self.subject} {self.mark}"


class Result(models.Model):
    """What came of a round, with everything it was computed from (考评结果). Never changed.

    A correction is a result of its own with a higher edition and the reason.
    """

    round = models.ForeignKey(Round, models.PROTECT, related_name="results", verbose_name="考评期")
    edition = models.PositiveSmallIntegerField("第几版")
    reason = models.CharField("原因", max_length=300)
    made_by = models.CharField("生成账号", max_length=64)
    made_name = models.CharField("生成人", max_length=64)
    made_at = models.DateTimeField("生成时间")

    class Meta:
        verbose_name = verbose_name_plural = "考评结果"
        ordering = ["round", "edition"]
        constraints = [
            models.UniqueConstraint(fields=["round", "edition"], name="result_edition_once")
        ]

    def __str__(self) -> str:
        return f"{self.round} 第 {self.edition} 版结果"


class Standing(models.Model):
    """Score, place and band of one branch or person in a result (考评名次)."""

    result = models.ForeignKey(
        Result, models.CASCADE, related_name="standings", verbose_name="考评结果"
    )
    subject = models.CharField("对象", max_length=40)
    name = models.CharField("名称", max_length=80)
    branch = models.ForeignKey(Branch, models.PROTECT, related_name="+", verbose_name="支部")
    person = models.ForeignKey(
        Person,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="standings",
        verbose_name="人员",
    )
    score = models.DecimalField("得分", max_digits=6, decimal_places=2)
    place = models.PositiveIntegerField("名次")
    sharing = models.PositiveIntegerField("并列数", default=1)
    band = models.CharField("等次", max_length=16, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "考评名次"
        ordering = ["result", "place", "subject"]
        constraints = [models.UniqueConstraint(fields=["result", "subject"], name="standing_once")]

    def __str__(self) -> str:
        return f"{self.name} {self.score}"


class Figure(models.Model):
    """What one indicator gave one branch or person, and the records that it was counted from."""

    standing = models.ForeignKey(
        Standing, models.CASCADE, related_name="figures", verbose_name="考评名次"
    )
    indicator = models.ForeignKey(Indicator, models.PROTECT, related_name="+", verbose_name="指标")
    value = models.DecimalField("数值", max_digits=12, decimal_places=2)
    score = models.DecimalField("得分", max_digits=6, decimal_places=2)
    records = models.JSONField("依据", default=list, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "考评得分"
        ordering = ["standing", "indicator__position"]
        constraints = [
            models.UniqueConstraint(fields=["standing", "indicator"], name="figure_once")
        ]

    def __str__(self) -> str:
        return f"{self.indicator} {self.score}"


class Appeal(models.Model):
    """Somebody finds a result wrong; another person decides (考评申诉)."""

    number = models.CharField("申诉编号", max_length=24, unique=True)
    round = models.ForeignKey(Round, models.PROTECT, related_name="appeals", verbose_name="考评期")
    indicator = models.ForeignKey(Indicator, models.PROTECT, related_name="+", verbose_name="指标")
    subject = models.CharField("对象", max_length=40)
    subject_name = models.CharField("对象名称", max_length=80)
    branch = models.ForeignKey(Branch, models.PROTECT, related_name="+", verbose_name="支部")
    words = models.CharField("申诉理由", max_length=500)
    made_by = models.CharField("申诉人账号", max_length=64)
    made_name = models.CharField("申诉人", max_length=64)
    made_at = models.DateTimeField("申诉时间")
    status = models.CharField(
        "状态", max_length=8, choices=[*lifecycle.APPEAL_LABELS.items()], default="OPEN"
    )
    decided_by = models.CharField("裁定人账号", max_length=64, blank=True)
    decided_name = models.CharField("裁定人", max_length=64, blank=True)
    decided_at = models.DateTimeField("裁定时间", null=True, blank=True)
    because = models.CharField("裁定理由", max_length=500, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "考评申诉"
        ordering = ["-made_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=[*lifecycle.APPEAL_LABELS]),
                name="appraisal_appeal_status_known",
            ),
            models.UniqueConstraint(
                fields=["round", "indicator", "subject"],
                condition=Q(status="OPEN"),
                name="appraisal_appeal_one_open",
            ),
            models.CheckConstraint(
                condition=Q(decided_by="") | ~Q(decided_by=F("made_by")),
                name="appraisal_appeal_by_another",
            ),
        ]

    def __str__(self) -> str:
        return self.number
