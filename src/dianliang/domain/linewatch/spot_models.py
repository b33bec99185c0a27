"""What is on the spot beside a camera: loudspeakers, and people who saw what it missed."""

from django.db import models
from django.db.models import F, Q

from dianliang.core.fields import EncryptedTextField


class Speaker(models.Model):
    """A loudspeaker or relay that warns beside a camera (喇叭). Only `operations` writes it.

    `address` is http, https, mqtt or mqtts; it may hold a user. `secret` signs or is the password.
    """

    camera = models.ForeignKey(
        "linewatch.Camera", models.PROTECT, related_name="speakers", verbose_name="摄像机"
    )
    serial = models.PositiveIntegerField("序号")
    name = models.CharField("名称", max_length=40)
    address = EncryptedTextField("地址")
    secret = EncryptedTextField("密钥", blank=True)
    is_active = models.BooleanField("在用", default=True)
    set_at = models.DateTimeField("登记时间")
    set_by = models.CharField("登记人", max_length=64)
    outcome = models.CharField(
        "最近应答",
        max_length=8,
        blank=True,
        choices=[("trying", "试播中"), ("spoken", "已应答"), ("failed", "没有应答")],
    )
    answer = models.CharField("应答说明", max_length=200, blank=True)
    answered_at = models.DateTimeField("应答时间", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "喇叭"
        constraints = [
            models.UniqueConstraint(fields=["camera", "serial"], name="watch_speaker_once"),
            models.CheckConstraint(
                condition=Q(outcome="", answered_at=None)
                | Q(outcome__in=["trying", "spoken", "failed"], answered_at__isnull=False),
                name="watch_speaker_answered",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.camera_id} {self.name}"


class Miss(models.Model):
    """Somebody stayed in a zone and nothing was told (漏报), as a person says. Never changed."""

    number = models.CharField("漏报编号", max_length=24, unique=True)
    camera = models.ForeignKey(
        "linewatch.Camera", models.PROTECT, related_name="misses", verbose_name="摄像机"
    )
    kind = models.CharField("行为", max_length=8, choices=[("stay", "停留"), ("fishing", "垂钓")])
    people = models.PositiveIntegerField("人数", default=1)
    happened_at = models.DateTimeField("发生时间")
    words = models.CharField("说明", max_length=200, blank=True)
    reported_at = models.DateTimeField("报告时间")
    reported_by = models.CharField("报告人", max_length=64)
    is_generated = models.BooleanField("演示数据", default=False)

    class Meta:
        verbose_name = verbose_name_plural = "漏报"
        ordering = ["-happened_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=["stay", "fishing"], people__range=(1, 99)),
                name="watch_miss_sane",
            ),
            models.CheckConstraint(
                condition=Q(reported_at__gte=F("happened_at")), name="watch_miss_reported_after"
            ),
        ]
        indexes = [models.Index(fields=["camera", "happened_at"], name="watch_miss_camera")]

    def __str__(self) -> str:
        return self.number
