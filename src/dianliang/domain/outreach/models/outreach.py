"""An outreach, its words, and the channels that carry them (seed row 002-05)."""

from datetime import time

from django.db import models
from django.db.models import F, Q

from dianliang.core.fields import EncryptedTextField
from dianliang.domain.directory.models import Unit
from dianliang.domain.outreach import lifecycle


class Channel(models.Model):
    """A way out that an administrator has set up (触达通道). `secret` signs or identifies us."""

    class Kind(models.TextChoices):
        """How messages leave."""

        FILE = "file", "文件移交"
        WEBHOOK = "webhook", "网络推送"
        SMS = "sms", "短信网关"

    code = models.CharField("通道编码", max_length=24, unique=True)
    name = models.CharField("名称", max_length=60)
    kind = models.CharField("方式", max_length=8, choices=Kind.choices)
    address = models.CharField("地址", max_length=300, blank=True)
    secret = EncryptedTextField("密钥", blank=True)
    per_minute = models.PositiveIntegerField("每分钟最多条数", default=3000)
    batch_size = models.PositiveIntegerField("每批条数", default=500)
    is_active = models.BooleanField("在用", default=True)
    set_up_by = models.CharField("设置人", max_length=64)
    set_up_at = models.DateTimeField("设置时间")

    class Meta:
        verbose_name = verbose_name_plural = "触达通道"
        ordering = ["code"]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind="file", address="") | (~Q(kind="file") & ~Q(address="")),
                name="outreach_channel_address_iff_sent",
            ),
            models.CheckConstraint(
                condition=Q(kind__in=["file", "webhook", "sms"]), name="outreach_channel_kind"
            ),
            models.CheckConstraint(
                condition=Q(per_minute__gt=0, batch_size__gt=0), name="outreach_channel_pace"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Outreach(models.Model):
    """Something that many are to know (宣传触达). Its audience is fixed before anything is sent.

    `about` is the number of the incident that it is told for; empty for what has nothing to do
    with one.
    """

    class Source(models.TextChoices):
        """Where the audience comes from."""

        CUSTOMERS = "customers", "客户档案"
        CONTACTS = "contacts", "联系名单"

    class Basis(models.TextChoices):
        """By what right we write (PIPL, article 13)."""

        SERVICE = "service", "履行供用电服务告知"
        CONSENT = "consent", "以本人同意为准"

    number = models.CharField("触达编号", max_length=24, unique=True)
    title = models.CharField("名称", max_length=60)
    purpose = models.CharField("目的", max_length=200)
    about = models.CharField("有关事件", max_length=24, blank=True, db_index=True)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name="发起单位")
    basis = models.CharField("告知依据", max_length=8, choices=Basis.choices)
    source = models.CharField("对象来源", max_length=10, choices=Source.choices)
    query = models.JSONField("对象条件", default=dict)
    quiet_from = models.TimeField("免打扰起", default=time(20))
    quiet_until = models.TimeField("免打扰止", default=time(8))
    status = models.CharField(
        "状态", max_length=10, choices=[*lifecycle.LABELS.items()], default="DRAFT"
    )
    jobs = models.PositiveIntegerField("后台任务序号", default=0)
    trouble = models.CharField("发送受阻", max_length=300, blank=True)
    released_by = models.CharField("放行人", max_length=64, blank=True)
    created_by_id = models.CharField("编制账号", max_length=64)
    created_by = models.CharField("编制人", max_length=64)
    created_at = models.DateTimeField("编制时间")
    is_generated = models.BooleanField("演示数据", default=False)

    class Meta:
        verbose_name = verbose_name_plural = "宣传触达"
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=[*lifecycle.LABELS]), name="outreach_status_known"
            ),
            models.CheckConstraint(
                condition=Q(status__in=["SENDING", "PAUSED", "CLOSED"]) & ~Q(released_by="")
                | Q(status__in=["DRAFT", "PREPARING", "READY", "DROPPED"]) & Q(released_by=""),
                name="outreach_released_by_somebody",
            ),
            models.CheckConstraint(
                condition=~Q(quiet_from=F("quiet_until")), name="outreach_quiet_hours"
            ),
        ]

    def __str__(self) -> str:
        return self.title


class Wording(models.Model):
    """What is said, one version for a way out (触达文案). A version never changes."""

    outreach = models.ForeignKey(
        Outreach, models.CASCADE, related_name="wordings", verbose_name="触达"
    )
    kind = models.CharField("方式", max_length=8, choices=Channel.Kind.choices)
    edition = models.PositiveSmallIntegerField("版本")
    text = models.CharField("文案", max_length=1000)
    made_by = models.CharField("撰写人", max_length=64)
    made_at = models.DateTimeField("撰写时间")

    class Meta:
        verbose_name = verbose_name_plural = "触达文案"
        ordering = ["outreach", "kind", "-edition"]
        constraints = [
            models.UniqueConstraint(
                fields=["outreach", "kind", "edition"], name="outreach_wording_edition_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.outreach} {self.get_kind_display()} 第 {self.edition} 版"
