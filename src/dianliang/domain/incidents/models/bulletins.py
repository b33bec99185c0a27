"""Warnings of our own (发布的预警), as they were sent out."""

from django.db import models
from django.db.models import F, Q

from dianliang.domain.directory.models import Unit
from dianliang.domain.incidents.models.incidents import Incident


class Bulletin(models.Model):
    """A message that we made public, kept to the byte. Never changed: an update is another one.

    Words of the protocol as in `PublicAlert`; `zones` is where it holds. `answers` is the message
    of ours that it updates or cancels: at most one does, so that messages form a line.
    """

    number = models.CharField("发布编号", max_length=24, unique=True)
    incident = models.ForeignKey(
        Incident, models.PROTECT, related_name="bulletins", verbose_name="事件"
    )
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name="发布单位")
    answers = models.OneToOneField(
        "self", models.PROTECT, null=True, blank=True, related_name="answer", verbose_name="针对"
    )
    purpose = models.CharField("用途", max_length=12)
    message_type = models.CharField("消息类型", max_length=8)
    sender = models.CharField("发布者", max_length=200)
    event = models.CharField("事件", max_length=60)
    headline = models.CharField("标题", max_length=120)
    severity = models.CharField("严重程度", max_length=12)
    urgency = models.CharField("紧急程度", max_length=12)
    certainty = models.CharField("确定程度", max_length=12)
    description = models.CharField("说明", max_length=1000, blank=True)
    instruction = models.CharField("防御指引", max_length=1000, blank=True)
    zones = models.JSONField("影响范围图形", default=list)
    sent_at = models.DateTimeField("发布时间")
    expires_at = models.DateTimeField("失效时间")
    content = models.BinaryField("原文")
    issued_by = models.CharField("发布人", max_length=64)

    class Meta:
        verbose_name = verbose_name_plural = "发布的预警"
        ordering = ["-sent_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(message_type="Alert", answers=None)
                | Q(message_type__in=["Update", "Cancel"], answers__isnull=False),
                name="bulletin_answers",
            ),
            models.CheckConstraint(
                condition=Q(purpose__in=["Actual", "Exercise"]), name="bulletin_purpose_known"
            ),
            models.CheckConstraint(
                condition=Q(expires_at__gt=F("sent_at")), name="bulletin_period"
            ),
        ]
        indexes = [models.Index(fields=["-sent_at"], name="bulletin_latest")]

    def __str__(self) -> str:
        return f"{self.number} {self.headline}"
