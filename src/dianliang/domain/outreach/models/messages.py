"""Rounds of sending, what was handed over in one go, single messages, and what came back."""

from django.db import models
from django.db.models import F, Q

from dianliang.domain.outreach.models.audience import Recipient
from dianliang.domain.outreach.models.outreach import Channel, Outreach, Wording


class Round(models.Model):
    """One time of sending through one channel (发送轮次): all at first, later those not reached."""

    outreach = models.ForeignKey(
        Outreach, models.PROTECT, related_name="rounds", verbose_name="触达"
    )
    serial = models.PositiveSmallIntegerField("轮次")
    channel = models.ForeignKey(Channel, models.PROTECT, related_name="+", verbose_name="通道")
    wording = models.ForeignKey(Wording, models.PROTECT, related_name="+", verbose_name="文案")
    words = models.CharField("说明", max_length=200, blank=True)
    started_by = models.CharField("放行人", max_length=64)
    started_at = models.DateTimeField("放行时间")

    class Meta:
        verbose_name = verbose_name_plural = "发送轮次"
        ordering = ["outreach", "serial"]
        constraints = [
            models.UniqueConstraint(fields=["outreach", "serial"], name="outreach_round_once"),
        ]

    def __str__(self) -> str:
        return f"{self.outreach} 第 {self.serial} 轮"


class Batch(models.Model):
    """Messages that are handed over together (移交批次).

    Written before anything leaves, so that whoever comes after a crash knows what may have left.
    """

    number = models.CharField("批次编号", max_length=40, unique=True)
    round = models.ForeignKey(Round, models.PROTECT, related_name="batches", verbose_name="轮次")
    channel = models.ForeignKey(Channel, models.PROTECT, related_name="+", verbose_name="通道")
    size = models.PositiveIntegerField("条数")
    attempts = models.PositiveSmallIntegerField("尝试次数", default=0)
    tried_at = models.DateTimeField("最近尝试时间", null=True, blank=True)
    claimed_at = models.DateTimeField("取出时间")
    handed_at = models.DateTimeField("移交时间", null=True, blank=True)
    fetched = models.PositiveSmallIntegerField("下载次数", default=0)
    trouble = models.CharField("受阻原因", max_length=300, blank=True)
    is_void = models.BooleanField("已退回", default=False)

    class Meta:
        verbose_name = verbose_name_plural = "移交批次"
        ordering = ["round", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(handed_at=None) | Q(is_void=False), name="outreach_batch_void"
            ),
            models.CheckConstraint(
                condition=Q(handed_at=None) | Q(handed_at__gte=F("claimed_at")),
                name="outreach_batch_handed_later",
            ),
        ]
        indexes = [models.Index(fields=["channel", "claimed_at"], name="outreach_batch_pace")]

    def __str__(self) -> str:
        return self.number


class Delivery(models.Model):
    """One message to one recipient (触达消息). `number` goes out with it and comes back."""

    number = models.CharField("消息编号", max_length=40, unique=True)
    round = models.ForeignKey(Round, models.PROTECT, related_name="deliveries", verbose_name="轮次")
    recipient = models.ForeignKey(
        Recipient, models.PROTECT, related_name="deliveries", verbose_name="对象"
    )
    batch = models.ForeignKey(
        Batch,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="deliveries",
        verbose_name="批次",
    )
    stage = models.SmallIntegerField("进度", default=0)
    failure = models.CharField("失败原因", max_length=120, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "触达消息"
        ordering = ["round", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["recipient", "round"], name="outreach_message_once"),
            models.CheckConstraint(condition=Q(stage__range=(0, 5)), name="outreach_message_stage"),
            models.CheckConstraint(
                condition=Q(stage=0) | Q(batch__isnull=False), name="outreach_message_batch"
            ),
        ]
        indexes = [models.Index(fields=["round", "stage", "id"], name="outreach_message_queue")]

    def __str__(self) -> str:
        return self.number


class Receipt(models.Model):
    """What somebody told us about a message (触达回执). Appended only."""

    class Source(models.TextChoices):
        """How it came."""

        CALLBACK = "callback", "通道回调"
        FILE = "file", "回执文件"
        PAGE = "page", "本人打开链接"
        HANDOVER = "handover", "移交时答复"

    delivery = models.ForeignKey(
        Delivery, models.PROTECT, related_name="receipts", verbose_name="消息"
    )
    stage = models.SmallIntegerField("说明的进度")
    reason = models.CharField("原因", max_length=120, blank=True)
    said_at = models.DateTimeField("发生时间")
    source = models.CharField("来源", max_length=8, choices=Source.choices)
    source_ref = models.CharField("来源标识", max_length=80, blank=True)
    received_at = models.DateTimeField("收到时间")

    class Meta:
        verbose_name = verbose_name_plural = "触达回执"
        ordering = ["delivery", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["delivery", "stage", "source", "said_at"], name="outreach_receipt_once"
            ),
            models.CheckConstraint(
                condition=Q(stage__in=[-1, 3, 4, 5]), name="outreach_receipt_stage"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.delivery} {self.stage}"
