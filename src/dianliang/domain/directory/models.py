"""Organisations, and which account acts for them in which role."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from dianliang.domain.catalog.models import Element
from dianliang.domain.directory.owners import Owner
from dianliang.domain.territory.models import Area
from dianliang.kernel.actor import ROLE_LABELS


class Unit(models.Model):
    """An organisation with a life-span and a parent (单位)."""

    class Kind(models.TextChoices):
        """What sort of organisation."""

        COMPANY = "company", "供电公司"
        STATION = "station", "供电服务站"
        ALLIANCE = "alliance", "联盟单位"
        BRANCH = "branch", "党支部"
        GOVERNMENT = "government", "政府与村社"

    code = models.CharField("单位编码", max_length=24, unique=True)
    name = models.CharField("名称", max_length=60)
    kind = models.CharField("类别", max_length=12, choices=Kind.choices)
    element = models.CharField(
        "要素", max_length=10, choices=Element.choices, default=Element.POWER
    )
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="children", verbose_name="上级"
    )
    path = models.CharField("路径", max_length=200, unique=True)
    areas = models.ManyToManyField(Area, blank=True, verbose_name="服务区域")
    public_phone = models.CharField("公开电话", max_length=24, blank=True)
    valid_from = models.DateField("成立日期", null=True, blank=True)
    valid_until = models.DateField("撤销日期", null=True, blank=True)
    is_generated = models.BooleanField("演示数据", default=False)

    class Meta:
        verbose_name = verbose_name_plural = "单位"
        ordering = ["path"]
        constraints = [
            models.CheckConstraint(
                condition=Q(path__startswith="/", path__endswith="/"), name="unit_path_shape"
            ),
            models.CheckConstraint(
                condition=Q(valid_until=None)
                | Q(valid_from=None)
                | Q(valid_until__gte=models.F("valid_from")),
                name="unit_life_span",
            ),
        ]

    def __str__(self) -> str:
        return self.name


CANNOT_HANDLE = (Unit.Kind.BRANCH, Unit.Kind.GOVERNMENT)
"""Units that answer for no need themselves."""


class RoleAssignment(models.Model):
    """An account acts in a role for a unit, within an area (岗位授权)."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="roles", verbose_name="账号"
    )
    role = models.CharField(
        "身份", max_length=16, choices=[(role.value, label) for role, label in ROLE_LABELS.items()]
    )
    unit = models.ForeignKey(Unit, models.PROTECT, verbose_name="单位")
    area = models.ForeignKey(Area, models.PROTECT, null=True, blank=True, verbose_name="区域")
    valid_from = models.DateField("起", null=True, blank=True)
    valid_until = models.DateField("止", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "岗位授权"
        constraints = [
            models.UniqueConstraint(
                fields=["user", "role", "unit", "area"], name="role_assignment_once_per_area"
            ),
            models.UniqueConstraint(
                fields=["user", "role", "unit"],
                condition=Q(area=None),
                name="role_assignment_once_everywhere",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} {self.role} {self.unit}"


class RoutingRule(models.Model):
    """Which units handle a service in an area, of whose facility (派单规则). In force as it stands.

    The smallest area wins, then a named owner before any owner. `operations` replaces the table as
    a whole.
    """

    service_code = models.CharField("事项编码", max_length=24)
    area = models.ForeignKey(Area, models.CASCADE, verbose_name="区域")
    owner = models.CharField("设施归属", max_length=10, choices=Owner.choices, blank=True)
    unit = models.ForeignKey(Unit, models.PROTECT, verbose_name="主办单位")
    assisting = models.ManyToManyField(Unit, blank=True, related_name="+", verbose_name="协办单位")

    class Meta:
        verbose_name = verbose_name_plural = "派单规则"
        constraints = [
            models.UniqueConstraint(
                fields=["service_code", "area", "owner"], name="routing_rule_once"
            ),
            models.CheckConstraint(
                condition=Q(owner__in=["", *Owner.values]), name="routing_rule_owner_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.service_code} {self.area} → {self.unit}"


class RuleVersion(models.Model):
    """The table of rules as it took effect (派单规则版本); never changed, rows kept as codes."""

    number = models.PositiveIntegerField("版本", unique=True)
    rows = models.JSONField("规则", default=list)
    at = models.DateTimeField("生效时间")
    by_id = models.CharField("操作者编号", max_length=64)
    by_name = models.CharField("操作者", max_length=64)
    reason = models.CharField("原因", max_length=500)
    effect = models.CharField("试算结果", max_length=200, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "派单规则版本"
        ordering = ["-number"]

    def __str__(self) -> str:
        return f"第 {self.number} 版"


class RuleDraft(models.Model):
    """The table of rules as administrators prepare it (派单规则草稿): one row.

    The revision counts every change and never goes back, so that an old form is always told.
    """

    rows = models.JSONField("规则", null=True, blank=True)
    revision = models.PositiveIntegerField("稿次", default=0)
    base = models.PositiveIntegerField("起草时的版本", default=0)
    changed_at = models.DateTimeField("修改时间", null=True, blank=True)
    changed_by = models.CharField("修改者", max_length=64, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "派单规则草稿"
        constraints = [
            models.CheckConstraint(condition=Q(id=1), name="rule_draft_only_one"),
        ]

    def __str__(self) -> str:
        return f"第 {self.revision} 稿"
