"""Whom an outreach is for, and who wants to hear from us at all."""

from django.db import models
from django.db.models import F, Q

from dianliang.core.fields import EncryptedTextField
from dianliang.domain.customers.models import Customer
from dianliang.domain.directory.models import Unit
from dianliang.domain.outreach.models.outreach import Outreach
from dianliang.domain.territory.models import Area


class Recipient(models.Model):
    """A firm or a person that an outreach is for (触达对象).

    A customer's name and telephone are read from his file when they are needed; of a contact from
    a table they are kept here. Several firms may share a telephone: the others hang on `lead`, who
    gets the one message, and stand where he stands. `stage` and `failure` follow from receipts.
    """

    class Excluded(models.TextChoices):
        """Why nothing is sent to him."""

        OPTED_OUT = "opted_out", "已拒收"
        NO_CONSENT = "no_consent", "未同意"
        NO_PHONE = "no_phone", "没有可用的手机号"

    outreach = models.ForeignKey(
        Outreach, models.CASCADE, related_name="recipients", verbose_name="触达"
    )
    serial = models.PositiveIntegerField("序号")
    key = models.CharField("对象编码", max_length=40)
    customer = models.ForeignKey(
        Customer, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="客户"
    )
    kind = models.CharField("类别", max_length=12, choices=Customer.Kind.choices)
    name = EncryptedTextField("名称", blank=True)
    phone = EncryptedTextField("电话", blank=True)
    phone_index = models.CharField("电话索引", max_length=64, blank=True, db_index=True)
    area = models.ForeignKey(
        Area, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="所在区域"
    )
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name="责任单位")
    lead = models.ForeignKey(
        "self", models.CASCADE, null=True, blank=True, related_name="+", verbose_name="同号首位"
    )
    excluded = models.CharField("不发原因", max_length=12, choices=Excluded.choices, blank=True)
    due_round = models.PositiveSmallIntegerField("应发轮次", default=0)
    token_hash = models.CharField("链接摘要", max_length=64, null=True, blank=True, unique=True)
    stage = models.SmallIntegerField("进度", default=0)
    failure = models.CharField("失败原因", max_length=120, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "触达对象"
        ordering = ["outreach", "serial"]
        constraints = [
            models.UniqueConstraint(fields=["outreach", "key"], name="outreach_recipient_once"),
            models.UniqueConstraint(
                fields=["outreach", "serial"], name="outreach_recipient_serial"
            ),
            models.CheckConstraint(
                condition=Q(stage__range=(0, 5)), name="outreach_recipient_stage"
            ),
            models.CheckConstraint(
                condition=Q(excluded="") | Q(due_round=0, stage=0),
                name="outreach_excluded_gets_nothing",
            ),
            models.CheckConstraint(
                condition=Q(lead=None) | Q(due_round=0), name="outreach_shared_phone_gets_one"
            ),
        ]
        indexes = [
            models.Index(fields=["outreach", "due_round", "id"], name="outreach_due"),
            models.Index(
                fields=["outreach", "excluded", "stage", "unit"], name="outreach_standing"
            ),
            models.Index(fields=["outreach", "phone_index"], name="outreach_shared_phone"),
        ]

    def __str__(self) -> str:
        return self.key


class Preference(models.Model):
    """Somebody at a telephone wants to hear from us, or does not (接收意愿). The latest counts.

    Only the keyed fingerprint of the telephone is kept: enough to obey, nothing to read. The wish
    holds for every unit; what was said with it is for `unit`, where it was said, and those above.
    """

    class How(models.TextChoices):
        """How it was said."""

        PAGE = "page", "本人在网页上"
        PHONE = "phone", "本人电话"
        PAPER = "paper", "书面"
        REPLY = "reply", "回复短信"
        TABLE = "table", "联系名单注明"

    phone_index = models.CharField("电话索引", max_length=64)
    agrees = models.BooleanField("愿意接收")
    how = models.CharField("方式", max_length=8, choices=How.choices)
    words = models.CharField("说明", max_length=200, blank=True)
    unit = models.ForeignKey(
        Unit, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="登记单位"
    )
    said_at = models.DateTimeField("时间")
    said_by = models.CharField("登记人", max_length=64)

    class Meta:
        verbose_name = verbose_name_plural = "接收意愿"
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(condition=~Q(phone_index=""), name="outreach_preference_phone"),
        ]
        indexes = [models.Index(F("phone_index"), F("id").desc(), name="outreach_preference_last")]

    def __str__(self) -> str:
        return "愿意接收" if self.agrees else "拒收"
