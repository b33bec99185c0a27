"""Certificates of hours (民发〔2015〕149号), and the keys that sign them."""

from django.db import models
from django.db.models import F, Q

from dianliang.core.fields import EncryptedTextField
from dianliang.domain.directory.models import Unit
from dianliang.domain.hours import lifecycle
from dianliang.domain.hours.models.records import HourRecord
from dianliang.domain.workforce.models import Person


class SigningKey(models.Model):
    """The public half of a key that signed certificates (签名公钥). Kept and published for good."""

    key_id = models.CharField("密钥编号", max_length=8, unique=True)
    public_key = models.CharField("公钥", max_length=64, unique=True)
    valid_from = models.DateField("启用日期")
    valid_until = models.DateField("最后使用日期", null=True, blank=True)
    revoked_on = models.DateField("作废日期", null=True, blank=True)
    revoked_because = models.CharField("作废原因", max_length=120, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "签名公钥"
        ordering = ["valid_from", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_until=None) | Q(valid_until__gte=F("valid_from")),
                name="signing_key_period",
            ),
            models.CheckConstraint(
                condition=Q(revoked_on=None, revoked_because="")
                | (Q(revoked_on__isnull=False) & ~Q(revoked_because="")),
                name="signing_key_revoked_because",
            ),
        ]

    def __str__(self) -> str:
        return self.key_id


class ServiceCertificate(models.Model):
    """What a unit certifies of a person's published hours (志愿服务记录证明). Never changed.

    The number of the person's document is kept as it is printed, masked: the whole number is
    looked at when the certificate is issued, and not stored. `name` is as lists show it, starred
    for a minor; the whole one is in the payload only, which is sealed.
    """

    class Document(models.TextChoices):
        """By what a person is identified."""

        IDENTITY_CARD = "identity_card", "居民身份证"
        PERMIT = "permit", "港澳台居民居住证"
        PASSPORT = "passport", "护照"
        OFFICER = "officer", "军官证"

    class Cause(models.TextChoices):
        """Why it counts no more; published, so it says nothing about the person."""

        CORRECTED = "corrected", "时长记录更正"
        MISTAKEN = "mistaken", "证明内容有误"
        OBTAINED = "obtained", "以不正当方式取得"
        REPLACED = "replaced", "换发"
        REQUESTED = "requested", "本人申请撤销"

    number = models.CharField("证明编号", max_length=24, unique=True)
    person = models.ForeignKey(
        Person, models.PROTECT, related_name="service_certificates", verbose_name="人员"
    )
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name="签发单位")
    records = models.ManyToManyField(HourRecord, related_name="+", verbose_name="所依据的时长")
    name = models.CharField("姓名", max_length=40)
    document_kind = models.CharField("证件类型", max_length=16, choices=Document.choices)
    document_number = models.CharField("证件号码（遮盖）", max_length=24)
    volunteer_number = models.CharField("志愿者编号", max_length=24)
    from_on = models.DateField("服务起")
    until_on = models.DateField("服务止")
    verified_min = models.PositiveIntegerField("签到核实时长（分钟）")
    declared_min = models.PositiveIntegerField("人工申报时长（分钟）")
    content = models.CharField("志愿服务内容", max_length=120)
    issuer = models.CharField("证明出具单位", max_length=60)
    head = models.CharField("负责人", max_length=20)
    handler = models.CharField("经办人", max_length=20)
    contact = models.CharField("联系方式", max_length=30)
    remarks = models.CharField("备注", max_length=60, blank=True)
    issued_on = models.DateField("出具日期")
    issued_at = models.DateTimeField("出具时间")
    issued_by = models.CharField("出具人", max_length=64)
    key = models.ForeignKey(SigningKey, models.PROTECT, related_name="+", verbose_name="签名公钥")
    payload = EncryptedTextField("核验码")
    status = models.CharField(
        "状态", max_length=8, choices=[*lifecycle.CERTIFICATE_LABELS.items()], default="ISSUED"
    )
    revoked_at = models.DateTimeField("撤销时间", null=True, blank=True)
    revoked_because = models.CharField("撤销原因", max_length=12, choices=Cause.choices, blank=True)
    revoked_words = models.CharField("撤销说明", max_length=200, blank=True)
    is_generated = models.BooleanField("演示数据", default=False)

    class Meta:
        verbose_name = verbose_name_plural = "志愿服务记录证明"
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=[*lifecycle.CERTIFICATE_LABELS]),
                name="service_certificate_status_known",
            ),
            models.CheckConstraint(
                condition=Q(until_on__gte=F("from_on")), name="service_certificate_period"
            ),
            models.CheckConstraint(
                condition=Q(verified_min__gt=0) | Q(declared_min__gt=0),
                name="service_certificate_has_hours",
            ),
            models.CheckConstraint(
                condition=Q(status="REVOKED", revoked_at__isnull=False) & ~Q(revoked_because="")
                | (~Q(status="REVOKED") & Q(revoked_at=None, revoked_because="")),
                name="service_certificate_revoked_because",
            ),
        ]
        indexes = [
            models.Index(fields=["status", "issued_on"], name="service_certificate_register")
        ]

    def __str__(self) -> str:
        return self.number
