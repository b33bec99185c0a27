"""Employees' appeals (职工诉求, seed row 000-25). Sealed, and apart from everybody else's needs."""

from django.db import models
from django.db.models import Q

from dianliang.core.fields import EncryptedTextField
from dianliang.domain.directory.models import Unit
from dianliang.domain.voices import lifecycle
from dianliang.domain.workforce.models import Person


class Desk(models.Model):
    """Where a unit's employees can turn to (诉求受理点). Who reads there is named in `Handler`."""

    unit = models.OneToOneField(
        Unit, models.PROTECT, related_name="+", verbose_name="单位", primary_key=True
    )
    first_working_days = models.PositiveSmallIntegerField("受理时限（工作日）", default=2)
    due_working_days = models.PositiveSmallIntegerField("答复时限（工作日）", default=10)
    is_generated = models.BooleanField("演示数据", default=False)

    class Meta:
        verbose_name = verbose_name_plural = "诉求受理点"
        ordering = ["unit__path"]
        constraints = [
            models.CheckConstraint(
                condition=Q(first_working_days__range=(1, 10), due_working_days__range=(1, 60)),
                name="voice_desk_clocks",
            )
        ]

    def __str__(self) -> str:
        return self.unit.name


class Handler(models.Model):
    """Somebody who reads and answers what comes to a desk (专办人), by name and for a time."""

    desk = models.ForeignKey(Desk, models.PROTECT, related_name="handlers", verbose_name="受理点")
    person = models.ForeignKey(Person, models.PROTECT, related_name="+", verbose_name="专办人")
    from_on = models.DateField("起")
    until_on = models.DateField("止", null=True, blank=True, help_text="最后一天；留空为长期。")
    named_by = models.CharField("指定人", max_length=64)
    is_generated = models.BooleanField("演示数据", default=False)

    class Meta:
        verbose_name = verbose_name_plural = "诉求专办人"
        ordering = ["desk", "from_on"]
        constraints = [
            models.UniqueConstraint(fields=["desk", "person", "from_on"], name="voice_handler_once")
        ]

    def __str__(self) -> str:
        return f"{self.desk} {self.person}"


class Voice(models.Model):
    """One appeal with its clocks (诉求). Words, and who appealed, are sealed.

    It is no `intake.Need`: what reads needs (queue, hot issues, board, search, learning, open
    interfaces) cannot reach it, and a contract of imports keeps it so.
    """

    class Channel(models.TextChoices):
        """How it came."""

        INTERVIEW = "interview", "现场面谈"
        MAILBOX = "mailbox", "网络信箱"

    class Topic(models.TextChoices):
        """What it is about, for counts."""

        PAY = "pay", "薪酬福利"
        WORK = "work", "工作安排"
        SAFETY = "safety", "劳动安全"
        GROWTH = "growth", "培训发展"
        LIFE = "life", "生活困难"
        CONDUCT = "conduct", "作风纪律"
        OTHER = "other", "其他"

    number = models.CharField("诉求编号", max_length=24, unique=True)
    desk = models.ForeignKey(Desk, models.PROTECT, related_name="voices", verbose_name="受理点")
    channel = models.CharField("渠道", max_length=12, choices=Channel.choices)
    topic = models.CharField("类别", max_length=12, choices=Topic.choices)
    words = EncryptedTextField("内容")
    name = EncryptedTextField("姓名", blank=True)
    contact = EncryptedTextField("联系方式", blank=True)
    contact_index = models.CharField("联系方式索引", max_length=64, blank=True, db_index=True)
    token_hash = models.CharField("查询链接摘要", max_length=64, blank=True, db_index=True)
    handler = models.ForeignKey(
        Person, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="承办人"
    )
    received_on = models.DateField("收到日期")
    first_due_at = models.DateTimeField("受理时限")
    due_at = models.DateTimeField("答复时限")
    taken_at = models.DateTimeField("受理时间", null=True, blank=True)
    answered_at = models.DateTimeField("答复时间", null=True, blank=True)
    closed_at = models.DateTimeField("办结时间", null=True, blank=True)
    rounds = models.PositiveSmallIntegerField("重办次数", default=0)
    is_satisfied = models.BooleanField("满意", null=True, blank=True)
    status = models.CharField(
        "状态", max_length=12, choices=[*lifecycle.LABELS.items()], default="RECEIVED"
    )
    is_generated = models.BooleanField("演示数据", default=False)

    class Meta:
        verbose_name = verbose_name_plural = "职工诉求"
        ordering = ["due_at", "number"]
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=[*lifecycle.LABELS]), name="voice_status_known"
            ),
            models.CheckConstraint(
                condition=Q(channel="mailbox") & ~Q(token_hash="")
                | Q(channel="interview", token_hash=""),
                name="voice_mailbox_has_a_link",
            ),
            models.CheckConstraint(
                condition=Q(status__in=["RECEIVED", "WITHDRAWN"])
                | Q(status__in=["TAKEN", "ANSWERED", "CLOSED"], handler__isnull=False),
                name="voice_taken_has_a_handler",
            ),
            models.CheckConstraint(
                condition=Q(status="CLOSED", closed_at__isnull=False)
                | (~Q(status="CLOSED") & Q(closed_at=None)),
                name="voice_closed_at_iff_closed",
            ),
        ]
        indexes = [models.Index(fields=["desk", "status", "due_at"], name="voice_queue")]

    def __str__(self) -> str:
        return self.number


class Said(models.Model):
    """Something said about an appeal, by its handler or by who appealed (往来). Sealed."""

    voice = models.ForeignKey(Voice, models.CASCADE, related_name="said", verbose_name="诉求")
    is_handlers = models.BooleanField("专办人所写")
    words = EncryptedTextField("内容")
    at = models.DateTimeField("时间")

    class Meta:
        verbose_name = verbose_name_plural = "诉求往来"
        ordering = ["voice", "pk"]

    def __str__(self) -> str:
        return f"{self.voice} {self.pk}"
