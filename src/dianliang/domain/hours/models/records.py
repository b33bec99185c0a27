"""Hours that volunteers gave, the notices that make them public, and objections to them."""

from django.db import models
from django.db.models import F, Q

from dianliang.core.fields import EncryptedTextField
from dianliang.core.models import StoredFile
from dianliang.domain.directory.models import Unit
from dianliang.domain.hours import lifecycle
from dianliang.domain.workforce.models import Person, Team


class HourNotice(models.Model):
    """A list of hours shown to everybody for at least three working days (时长公示)."""

    number = models.CharField("公示编号", max_length=24, unique=True)
    unit = models.ForeignKey(Unit, models.PROTECT, verbose_name="单位")
    working_days = models.PositiveSmallIntegerField("公示工作日")
    opened_at = models.DateTimeField("开始公示")
    ends_at = models.DateTimeField("公示截止")
    opened_by = models.CharField("公示人", max_length=64)
    status = models.CharField(
        "状态", max_length=8, choices=[*lifecycle.NOTICE_LABELS.items()], default="OPEN"
    )

    class Meta:
        verbose_name = verbose_name_plural = "时长公示"
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=[*lifecycle.NOTICE_LABELS]), name="hour_notice_status_known"
            ),
            models.CheckConstraint(
                condition=Q(working_days__gte=3, ends_at__gt=F("opened_at")),
                name="hour_notice_three_working_days",
            ),
        ]
        indexes = [models.Index(fields=["status", "ends_at"], name="hour_notice_due")]

    def __str__(self) -> str:
        return self.number


class HourRecord(models.Model):
    """Time that a person gave, once (志愿时长). Never changed once published.

    Two classes that are never mixed: verified by check-in and check-out, or declared by hand.
    Each names the record that it comes from. What was wrong after publication is taken back by a
    record with the same time below zero (`reverses`), and told anew by one with a higher
    `version` of the same source.
    """

    class Source(models.TextChoices):
        """What kind of record the time comes from."""

        ATTENDANCE = "attendance", "活动签到"
        PARTICIPATION = "participation", "活动登记"
        VISIT = "visit", "上门服务"
        JOB = "job", "工单"
        PRESENCE = "presence", "驻点"
        DECLARED = "declared", "人工申报"

    number = models.CharField("时长编号", max_length=24, unique=True)
    person = models.ForeignKey(
        Person, models.PROTECT, related_name="hour_records", verbose_name="人员"
    )
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name="单位")
    team = models.ForeignKey(
        Team, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="队伍"
    )
    is_verified = models.BooleanField("签到核实")
    source_kind = models.CharField("来源", max_length=16, choices=Source.choices)
    source_number = models.CharField("来源编号", max_length=40)
    version = models.PositiveSmallIntegerField("版本", default=1)
    role = models.CharField("身份", max_length=24)
    content = models.CharField("服务内容", max_length=120)
    started_at = models.DateTimeField("开始")
    ended_at = models.DateTimeField("结束")
    minutes = models.IntegerField("时长（分钟）")
    source_min = models.PositiveIntegerField("来源记录时长（分钟）", null=True, blank=True)
    away_m = models.PositiveIntegerField("签到处离活动地点（米）", null=True, blank=True)
    lacks_check_out = models.BooleanField("缺签退", default=False)
    words = models.TextField("申报说明", blank=True)
    evidence = models.ForeignKey(
        StoredFile,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="佐证",
    )
    status = models.CharField(
        "状态", max_length=12, choices=[*lifecycle.HOUR_LABELS.items()], default="PENDING"
    )
    notice = models.ForeignKey(
        HourNotice,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="records",
        verbose_name="公示",
    )
    entered_by = models.CharField("登记账号", max_length=64)
    entered_by_name = models.CharField("登记人", max_length=64)
    entered_at = models.DateTimeField("登记时间")
    reviewed_by = models.CharField("审核账号", max_length=64, blank=True)
    reviewed_by_name = models.CharField("审核人", max_length=64, blank=True)
    review_words = models.CharField("审核意见", max_length=200, blank=True)
    published_at = models.DateTimeField("公布时间", null=True, blank=True)
    reverses = models.OneToOneField(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="reversal",
        verbose_name="冲销",
    )
    is_generated = models.BooleanField("演示数据", default=False)

    class Meta:
        verbose_name = verbose_name_plural = "志愿时长"
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=[*lifecycle.HOUR_LABELS]), name="hour_status_known"
            ),
            models.CheckConstraint(condition=Q(ended_at__gt=F("started_at")), name="hour_period"),
            models.CheckConstraint(
                condition=Q(reverses=None, minutes__gt=0, minutes__lte=24 * 60)
                | Q(reverses__isnull=False, minutes__lt=0, status="PUBLISHED"),
                name="hour_minutes_below_zero_iff_reversal",
            ),
            models.CheckConstraint(
                condition=~Q(source_kind="declared")
                | (Q(is_verified=False, evidence__isnull=False) & ~Q(words="")),
                name="hour_declared_has_words_and_evidence",
            ),
            models.CheckConstraint(
                condition=Q(is_verified=False) | Q(lacks_check_out=False),
                name="hour_verified_has_check_out",
            ),
            models.CheckConstraint(
                condition=Q(status="PUBLISHED", published_at__isnull=False)
                | (~Q(status="PUBLISHED") & Q(published_at=None)),
                name="hour_published_at_iff_published",
            ),
            models.UniqueConstraint(
                fields=["person", "source_kind", "source_number", "version"],
                condition=Q(reverses=None),
                name="hour_source_counts_once",
            ),
        ]
        indexes = [
            models.Index(fields=["status", "started_at"], name="hour_queue"),
            models.Index(fields=["person", "started_at"], name="hour_of_person"),
        ]

    def __str__(self) -> str:
        return self.number


class Appeal(models.Model):
    """Somebody objects to an hour record, or to its refusal (时长异议)."""

    class Side(models.TextChoices):
        """What is wanted."""

        AGAINST = "against", "不应认定"
        FOR = "for", "应当认定"

    number = models.CharField("异议编号", max_length=24, unique=True)
    record = models.ForeignKey(
        HourRecord, models.PROTECT, related_name="appeals", verbose_name="志愿时长"
    )
    side = models.CharField("诉求", max_length=8, choices=Side.choices)
    words = EncryptedTextField("理由")
    name = EncryptedTextField("异议人")
    contact = EncryptedTextField("联系方式")
    made_by = models.CharField("提出账号", max_length=64, blank=True)
    made_at = models.DateTimeField("提出时间")
    status = models.CharField(
        "状态", max_length=12, choices=[*lifecycle.APPEAL_LABELS.items()], default="OPEN"
    )
    decision = models.CharField("处理决定", max_length=300, blank=True)
    decided_by_name = models.CharField("决定人", max_length=64, blank=True)
    decided_at = models.DateTimeField("决定时间", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "时长异议"
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=[*lifecycle.APPEAL_LABELS]), name="hour_appeal_status_known"
            ),
            models.CheckConstraint(
                condition=Q(status="OPEN", decided_at=None, decision="")
                | (~Q(status="OPEN") & Q(decided_at__isnull=False) & ~Q(decision="")),
                name="hour_appeal_decision_iff_decided",
            ),
        ]
        indexes = [models.Index(fields=["status", "made_at"], name="hour_appeal_queue")]

    def __str__(self) -> str:
        return self.number
