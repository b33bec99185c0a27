"""Alerts that public authorities send (预警), and the addresses that are asked for them."""

from django.db import models
from django.db.models import F, Q

from dianliang.domain.directory.models import Unit
from dianliang.domain.incidents import lifecycle


class PublicAlert(models.Model):
    """A message in the Common Alerting Protocol (预警). Only `operations` writes it.

    `purpose`, `message_type`, `severity`, `urgency` and `certainty` are the protocol's words;
    `purpose` is what it calls status. `zones` is where the alert holds, see `zones`.
    """

    number = models.CharField("预警号", max_length=24, unique=True)
    sender = models.CharField("发布者", max_length=200)
    identifier = models.CharField("发布编号", max_length=200)
    sent_at = models.DateTimeField("发布时间")
    purpose = models.CharField("用途", max_length=12)
    message_type = models.CharField("消息类型", max_length=8)
    event = models.CharField("事件", max_length=200, blank=True)
    headline = models.CharField("标题", max_length=400, blank=True)
    severity = models.CharField("严重程度", max_length=12, blank=True)
    urgency = models.CharField("紧急程度", max_length=12, blank=True)
    certainty = models.CharField("确定程度", max_length=12, blank=True)
    description = models.TextField("说明", blank=True)
    instruction = models.TextField("防御指引", blank=True)
    area_words = models.TextField("影响范围", blank=True)
    zones = models.JSONField("影响范围图形", default=list)
    begins_at = models.DateTimeField("生效时间")
    expires_at = models.DateTimeField("失效时间", null=True, blank=True)
    content = models.BinaryField("原文")
    digest = models.CharField("原文摘要", max_length=64)
    unit = models.ForeignKey(Unit, models.PROTECT, verbose_name="接收单位")
    status = models.CharField(
        "状态",
        max_length=12,
        choices=[*lifecycle.PUBLIC_ALERT_LABELS.items()],
        default="RECEIVED",
    )
    received_by = models.CharField("接收人", max_length=64)
    received_at = models.DateTimeField("接收时间")
    acknowledged_by = models.CharField("确认人", max_length=64, blank=True)
    acknowledged_at = models.DateTimeField("确认时间", null=True, blank=True)
    call_list = models.CharField("联系清单号", max_length=24, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "预警"
        constraints = [
            models.UniqueConstraint(
                fields=["sender", "identifier", "sent_at"], name="public_alert_once"
            ),
            models.CheckConstraint(
                condition=Q(status__in=[*lifecycle.PUBLIC_ALERT_LABELS]),
                name="public_alert_status_known",
            ),
            models.CheckConstraint(
                condition=Q(expires_at=None) | Q(expires_at__gt=F("begins_at")),
                name="public_alert_period",
            ),
            models.CheckConstraint(
                condition=Q(status="RECEIVED", acknowledged_at=None)
                | Q(status="ACKNOWLEDGED", acknowledged_at__isnull=False),
                name="public_alert_acknowledged_at",
            ),
        ]
        indexes = [models.Index(fields=["-sent_at"], name="public_alert_latest")]

    def __str__(self) -> str:
        return f"{self.number} {self.headline or self.event}"


class AlertReference(models.Model):
    """An earlier message that an alert answers; it may arrive later, or never."""

    alert = models.ForeignKey(
        PublicAlert, models.CASCADE, related_name="references", verbose_name="预警"
    )
    sender = models.CharField("发布者", max_length=200)
    identifier = models.CharField("发布编号", max_length=200)
    sent_at = models.DateTimeField("发布时间")

    class Meta:
        verbose_name = verbose_name_plural = "预警引用"
        constraints = [
            models.UniqueConstraint(
                fields=["alert", "sender", "identifier", "sent_at"], name="alert_reference_once"
            )
        ]
        indexes = [models.Index(fields=["identifier", "sent_at"], name="alert_reference_answered")]

    def __str__(self) -> str:
        return f"{self.alert_id} → {self.identifier}"


class AlertSource(models.Model):
    """An address that is asked for alerts from time to time (预警来源).

    `failing_since` and `fault` say since when it gives none and why; `seen` are the entries of its
    feed that were taken in, newest last, so that each is fetched once.
    """

    number = models.CharField("来源编号", max_length=24, unique=True)
    name = models.CharField("名称", max_length=60, unique=True)
    url = models.CharField("地址", max_length=500, unique=True)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name="接收单位")
    every_min = models.PositiveSmallIntegerField("间隔（分钟）", default=5)
    is_on = models.BooleanField("启用", default=True)
    etag = models.CharField("版本标记", max_length=200, blank=True)
    seen = models.JSONField("已收条目", default=list, blank=True)
    asked_at = models.DateTimeField("上次询问", null=True, blank=True)
    answered_at = models.DateTimeField("上次成功", null=True, blank=True)
    failing_since = models.DateTimeField("故障起", null=True, blank=True)
    fault = models.CharField("故障", max_length=500, blank=True)
    taken = models.PositiveIntegerField("收下条数", default=0)
    created_by = models.CharField("登记人", max_length=64)
    created_at = models.DateTimeField("登记时间")

    class Meta:
        verbose_name = verbose_name_plural = "预警来源"
        ordering = ["name"]
        constraints = [
            models.CheckConstraint(
                condition=Q(every_min__range=(1, 1440)), name="alert_source_interval"
            ),
            models.CheckConstraint(
                condition=Q(failing_since=None, fault="")
                | Q(failing_since__isnull=False, fault__gt=""),
                name="alert_source_fault_has_time",
            ),
        ]

    def __str__(self) -> str:
        return self.name
