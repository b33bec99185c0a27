"""Carbon accounts and what is entered into them; see ADR 0020."""

from django.db import models
from django.db.models import F, Q

from dianliang.domain.directory.models import Unit
from dianliang.domain.energy.models.claims import Factor


class CarbonAccount(models.Model):
    """Whose emissions are counted (碳账户): the company, a station, a firm, a village, a site."""

    class Kind(models.TextChoices):
        """What kind of entity it is."""

        COMPANY = "company", "县公司"
        STATION = "station", "供电所"
        FIRM = "firm", "企业"
        VILLAGE = "village", "村"
        EV_CENTRE = "ev_centre", "新能源车服务中心"
        SITE = "site", "园区或场站"

    number = models.CharField("账户编号", max_length=24, unique=True)
    name = models.CharField("账户名称", max_length=60)
    kind = models.CharField("类型", max_length=10, choices=Kind.choices)
    subject_number = models.CharField("对象编号", max_length=40, blank=True)
    boundary = models.CharField("核算边界", max_length=300)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name="所属单位")
    opened_by = models.CharField("登记人", max_length=64)
    opened_at = models.DateTimeField("登记时间")
    is_generated = models.BooleanField("演示数据", default=False)

    class Meta:
        verbose_name = verbose_name_plural = "碳账户"
        ordering = ["unit__path", "number"]
        constraints = [
            models.UniqueConstraint(fields=["unit", "name"], name="energy_carbon_account_once"),
        ]

    def __str__(self) -> str:
        return self.name


class CarbonEntry(models.Model):
    """Activity data of some days, or a certificate redeemed (碳账户分录). Never changed.

    `until_on` is excluded. `share` is half of the quantity's 95 % interval as a share. `category`
    is one of the fifteen of the GHG Protocol's Scope 3 Standard. What was wrong is reversed by an
    entry of its own (`reverses`), which takes it out of every sum.
    """

    number = models.CharField("分录编号", max_length=24, unique=True)
    account = models.ForeignKey(
        CarbonAccount, models.PROTECT, related_name="entries", verbose_name="碳账户"
    )
    place = models.CharField("地点或计量点", max_length=60)
    carrier = models.CharField("能源品种", max_length=20)
    scope = models.PositiveSmallIntegerField("范围")
    category = models.PositiveSmallIntegerField("范围 3 类别", null=True, blank=True)
    from_on = models.DateField("起")
    until_on = models.DateField("止")
    quantity = models.FloatField("数量")
    quantity_unit = models.CharField("计量单位", max_length=12)
    share = models.FloatField("数量的相对不确定度", null=True, blank=True)
    factor = models.ForeignKey(
        Factor, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="因子"
    )
    certificate = models.CharField("绿证编号", max_length=40, blank=True)
    document = models.CharField("凭证", max_length=120, blank=True)
    digest = models.CharField("文件摘要", max_length=64, blank=True)
    reverses = models.OneToOneField(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="reversed_by",
        verbose_name="冲正",
    )
    reason = models.CharField("原因", max_length=200, blank=True)
    entered_by = models.CharField("登记人", max_length=64)
    entered_at = models.DateTimeField("登记时间")

    class Meta:
        verbose_name = verbose_name_plural = "碳账户分录"
        ordering = ["-from_on", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(scope__gte=1, scope__lte=3), name="energy_carbon_entry_scope"
            ),
            models.CheckConstraint(
                condition=Q(category=None) | Q(scope=3, category__gte=1, category__lte=15),
                name="energy_carbon_entry_category",
            ),
            models.CheckConstraint(
                condition=Q(until_on__gt=F("from_on")), name="energy_carbon_entry_period"
            ),
            models.CheckConstraint(
                condition=Q(quantity__gte=0), name="energy_carbon_entry_not_negative"
            ),
            models.CheckConstraint(
                condition=Q(certificate="", factor__isnull=False)
                | ~Q(certificate="") & Q(factor=None, scope=2),
                name="energy_carbon_entry_factor_or_certificate",
            ),
            models.CheckConstraint(
                condition=Q(reverses=None) | ~Q(reason=""), name="energy_carbon_reversal_says_why"
            ),
            models.UniqueConstraint(
                fields=["certificate"],
                condition=~Q(certificate="") & Q(reverses=None),
                name="energy_certificate_once",
            ),
        ]
        indexes = [
            models.Index(fields=["place", "carrier"], name="energy_carbon_place"),
        ]

    def __str__(self) -> str:
        return self.number
