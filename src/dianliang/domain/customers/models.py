"""Who is served."""

from datetime import date

from django.db import models
from django.db.models import Case, F, Q, Value, When
from django.db.models.functions import Coalesce

from dianliang.core.fields import EncryptedTextField
from dianliang.domain.customers.days import DayPlus
from dianliang.domain.directory.models import Unit
from dianliang.domain.territory.models import Area

NEVER = date(9999, 12, 31)
"""Stands for no day, so that a list can be ordered and cut by day alone."""


class Customer(models.Model):
    """An account holder, and the care he has asked for (客户). Sensitive by default."""

    class Kind(models.TextChoices):
        """Who it is."""

        RESIDENT = "resident", "居民"
        ENTERPRISE = "enterprise", "企业"

    class SpecialKind(models.TextChoices):
        """Why special care is due (特殊客户, seed row 001-10)."""

        LIFE_SUPPORT = "life_support", "居家生命支持"
        ELDERLY_ALONE = "elderly_alone", "孤寡（独居）老人"
        DISABLED = "disabled", "残疾人"
        LEFT_BEHIND_CHILD = "left_behind_child", "留守儿童"
        OUT_OF_POVERTY = "out_of_poverty", "脱贫巩固户"
        LARGE_BREEDER = "large_breeder", "养殖大户"

    class Format(models.TextChoices):
        """How to speak with him so that it arrives (无障碍沟通方式)."""

        LARGE_PRINT = "large_print", "大字"
        VOICE_CALL = "voice_call", "语音电话"
        SIGN_LANGUAGE = "sign_language", "手语"
        DIALECT = "dialect", "本地方言"
        TEXT_MESSAGE = "text_message", "短信"
        IN_PERSON = "in_person", "当面告知"
        THROUGH_NOMINEE = "through_nominee", "由联系人转告"

    number = models.CharField("客户编号", max_length=24, unique=True)
    kind = models.CharField("类别", max_length=12, choices=Kind.choices)
    name = EncryptedTextField("姓名或名称")
    phone = EncryptedTextField("电话", blank=True)
    account_number = EncryptedTextField("户号", blank=True)
    account_index = models.CharField("户号索引", max_length=64, blank=True, db_index=True)
    address = EncryptedTextField("详细地址", blank=True)
    area = models.ForeignKey(Area, models.PROTECT, verbose_name="所在区域")
    unit = models.ForeignKey(Unit, models.PROTECT, null=True, blank=True, verbose_name="责任单位")
    lat = models.FloatField("纬度", null=True, blank=True)
    lon = models.FloatField("经度", null=True, blank=True)
    account_opened_on = models.DateField("立户日期", null=True, blank=True)
    special_kind = models.CharField(
        "特殊客户类别", max_length=20, choices=SpecialKind.choices, blank=True
    )
    special_level = models.PositiveSmallIntegerField("关爱等级", null=True, blank=True)
    consented_on = models.DateField("同意日期", null=True, blank=True)
    renewal_due_on = models.DateField("复核日期", null=True, blank=True)
    renewal_planned_on = models.DateField("约定复核日", null=True, blank=True)
    nominee = EncryptedTextField("联系人", blank=True)
    key_holder = EncryptedTextField("钥匙保管人", blank=True)
    visit_password = EncryptedTextField("上门口令", blank=True)
    formats = models.JSONField("沟通方式", default=list, blank=True)
    outage_note = EncryptedTextField("停电时怎么办", blank=True)
    visit_interval_days = models.PositiveIntegerField("走访间隔（天）", null=True, blank=True)
    last_visited_on = models.DateField("上次走访", null=True, blank=True)
    visit_due_on = models.GeneratedField(
        expression=Coalesce(
            Case(
                When(
                    consented_on__isnull=False,
                    then=DayPlus(
                        Coalesce(F("last_visited_on"), F("consented_on")),
                        F("visit_interval_days"),
                    ),
                ),
                output_field=models.DateField(),
            ),
            Value(NEVER, output_field=models.DateField()),
            output_field=models.DateField(),
        ),
        output_field=models.DateField(),
        db_persist=True,
        verbose_name="走访期满日",
    )
    preferred_team_code = models.CharField("固定服务队伍", max_length=24, blank=True)
    is_generated = models.BooleanField("演示数据", default=False)

    class Meta:
        verbose_name = verbose_name_plural = "客户"
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=["resident", "enterprise"]), name="customer_kind_known"
            ),
            models.CheckConstraint(
                condition=Q(special_kind="", special_level=None)
                | (~Q(special_kind="") & Q(special_level__range=(1, 3))),
                name="customer_level_iff_special",
            ),
            models.CheckConstraint(
                condition=Q(visit_interval_days=None) | Q(visit_interval_days__gt=0),
                name="customer_visit_interval_positive",
            ),
        ]
        indexes = [
            models.Index(fields=["special_kind"], name="customer_special"),
            models.Index(
                fields=["visit_due_on", "special_level", "number"],
                condition=Q(special_level__isnull=False),
                name="customer_care_queue",
            ),
            models.Index(
                # The last three let the counts of all views be read from the index alone.
                fields=[
                    "unit",
                    "visit_due_on",
                    "special_level",
                    "number",
                    "last_visited_on",
                    "consented_on",
                    "renewal_due_on",
                ],
                condition=Q(special_level__isnull=False),
                name="customer_care_queue_of_unit",
            ),
            models.Index(
                fields=["area", "special_level"],
                condition=Q(special_level__isnull=False),
                name="customer_care_of_area",
            ),
        ]

    def __str__(self) -> str:
        return self.number


SEALED = tuple(
    field.name for field in Customer._meta.concrete_fields if isinstance(field, EncryptedTextField)
)
"""What is kept encrypted; lists defer it, so that nothing is decrypted to be thrown away."""


class Consent(models.Model):
    """A customer agreed to something, for one purpose, until he takes it back (同意)."""

    class Purpose(models.TextChoices):
        """What for (PIPL, article 14: a consent is to one purpose)."""

        VISITS = "visits", "定期上门走访"
        OUTAGE = "outage", "停电与预警时联系"
        SHARE = "share", "向联盟单位提供信息"
        PHOTOS = "photos", "入户拍照留存"

    class How(models.TextChoices):
        """How it was said."""

        SIGNED = "signed", "本人书面签字"
        VERBAL = "verbal", "本人当面口头"
        PHONE = "phone", "本人电话"
        GUARDIAN = "guardian", "监护人代为同意"
        RECORDED = "recorded", "原有登记"

    customer = models.ForeignKey(
        Customer, models.CASCADE, related_name="consents", verbose_name="客户"
    )
    purpose = models.CharField("用途", max_length=12, choices=Purpose.choices)
    unit = models.ForeignKey(
        Unit, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="接收单位"
    )
    given_on = models.DateField("同意日期")
    given_how = models.CharField("同意方式", max_length=12, choices=How.choices)
    withdrawn_on = models.DateField("撤回日期", null=True, blank=True)
    withdrawn_how = models.CharField("撤回方式", max_length=12, choices=How.choices, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "同意"
        constraints = [
            models.CheckConstraint(
                condition=Q(purpose="share", unit__isnull=False)
                | (~Q(purpose="share") & Q(unit=None)),
                name="consent_unit_iff_shared",
            ),
            models.CheckConstraint(
                condition=Q(withdrawn_on=None) | Q(withdrawn_on__gte=F("given_on")),
                name="consent_withdrawn_after_given",
            ),
            models.CheckConstraint(
                condition=Q(purpose__in=["visits", "outage", "share", "photos"]),
                name="consent_purpose_known",
            ),
            models.UniqueConstraint(
                fields=["customer", "purpose"],
                condition=Q(withdrawn_on=None, unit=None),
                name="consent_one_standing",
            ),
            models.UniqueConstraint(
                fields=["customer", "unit"],
                condition=Q(withdrawn_on=None, unit__isnull=False),
                name="consent_one_standing_per_unit",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.customer} {self.get_purpose_display()}"
