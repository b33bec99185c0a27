"""Who is served."""

from django.db import models
from django.db.models import Q

from dianliang.core.fields import EncryptedTextField
from dianliang.domain.directory.models import Unit
from dianliang.domain.territory.models import Area


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
    nominee = EncryptedTextField("联系人", blank=True)
    visit_password = EncryptedTextField("上门口令", blank=True)
    visit_interval_days = models.PositiveIntegerField("走访间隔（天）", null=True, blank=True)
    last_visited_on = models.DateField("上次走访", null=True, blank=True)
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
        indexes = [models.Index(fields=["special_kind"], name="customer_special")]

    def __str__(self) -> str:
        return self.number
