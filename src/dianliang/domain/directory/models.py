"""Organisations, and which account acts for them in which role."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from dianliang.core.models import StoredFile
from dianliang.domain.catalog.models import Element
from dianliang.domain.directory import lifecycle
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


class Agreement(models.Model):
    """What units and townships or villages agreed in writing (村网共建协议), row 001-02."""

    class Kind(models.TextChoices):
        """What is agreed."""

        BUILDING = "building", "村网共建"
        PROTECTION = "protection", "电力设施联合保护"
        EMERGENCY = "emergency", "应急联动"
        DELEGATION = "delegation", "委托执法"
        OTHER = "other", "其他"

    number = models.CharField("协议编号", max_length=24, unique=True)
    title = models.CharField("名称", max_length=80)
    kind = models.CharField("类别", max_length=12, choices=Kind.choices, default=Kind.BUILDING)
    status = models.CharField(
        "状态", max_length=12, choices=[*lifecycle.AGREEMENT_LABELS.items()], default="DRAFT"
    )
    scope = models.TextField("约定内容", blank=True)
    units = models.ManyToManyField(Unit, related_name="agreements", verbose_name="单位方")
    areas = models.ManyToManyField(Area, related_name="agreements", verbose_name="乡镇与村方")
    signed_on = models.DateField("签订日期", null=True, blank=True)
    valid_from = models.DateField("生效日期")
    valid_until = models.DateField("届满日期", null=True, blank=True, help_text="留空为长期有效。")
    remind_days = models.PositiveSmallIntegerField("提前提醒（天）", default=90)
    ended_on = models.DateField("终止日期", null=True, blank=True)
    created_by = models.CharField("登记人", max_length=64)
    created_at = models.DateTimeField("登记时间")
    is_generated = models.BooleanField("演示数据", default=False)

    class Meta:
        verbose_name = verbose_name_plural = "共建协议"
        ordering = ["number"]
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=[*lifecycle.AGREEMENT_LABELS]),
                name="agreement_status_known",
            ),
            models.CheckConstraint(
                condition=Q(
                    kind__in=["building", "protection", "emergency", "delegation", "other"]
                ),
                name="agreement_kind_known",
            ),
            models.CheckConstraint(
                condition=Q(valid_until=None) | Q(valid_until__gte=models.F("valid_from")),
                name="agreement_period",
            ),
            models.CheckConstraint(
                condition=Q(status__in=["DRAFT", "TERMINATED"]) | Q(signed_on__isnull=False),
                name="agreement_signed_before_it_counts",
            ),
            models.CheckConstraint(
                condition=Q(status__in=["DRAFT", "IN_FORCE"], ended_on=None)
                | Q(status__in=["ENDED", "TERMINATED"], ended_on__isnull=False),
                name="agreement_end_has_a_day",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.title}"


class Annex(models.Model):
    """A scan or a photo that belongs to an agreement (协议附件)."""

    agreement = models.ForeignKey(
        Agreement, models.CASCADE, related_name="annexes", verbose_name="协议"
    )
    file = models.ForeignKey(StoredFile, models.PROTECT, verbose_name="文件")
    title = models.CharField("名称", max_length=80)
    added_at = models.DateTimeField("时间")
    added_by = models.CharField("登记人", max_length=64)

    class Meta:
        verbose_name = verbose_name_plural = "协议附件"
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.title


class PowerKind(models.Model):
    """A kind of enforcement that an authority may delegate (执法事项). Data, not code.

    `to_check` is what the operator must hold against the text in force and the local documents.
    """

    class Group(models.TextChoices):
        """What the power protects."""

        FACILITY = "facility", "电力设施保护"
        ORDER = "order", "供用电秩序维护"

    code = models.CharField("事项编码", max_length=16, unique=True)
    name = models.CharField("名称", max_length=60, unique=True)
    group = models.CharField("类别", max_length=10, choices=Group.choices)
    legal_basis = models.TextField("依据")
    to_check = models.TextField("使用前核对", blank=True)
    position = models.PositiveSmallIntegerField("次序", default=0)
    is_active = models.BooleanField("启用", default=True)

    class Meta:
        verbose_name = verbose_name_plural = "执法事项"
        ordering = ["position", "code"]
        constraints = [
            models.CheckConstraint(
                condition=Q(group__in=["facility", "order"]), name="power_kind_group_known"
            ),
            models.CheckConstraint(condition=~Q(legal_basis=""), name="power_kind_has_a_basis"),
        ]

    def __str__(self) -> str:
        return self.name


class Delegation(models.Model):
    """An authority lets a township use a power, within limits and for a time (执法权限下放).

    Seed row 001-03. `measures` are the measures that the document of delegation names.
    """

    number = models.CharField("登记编号", max_length=24, unique=True)
    kind = models.ForeignKey(
        PowerKind, models.PROTECT, related_name="delegations", verbose_name="执法事项"
    )
    area = models.ForeignKey(
        Area, models.PROTECT, related_name="delegations", verbose_name="承接乡镇"
    )
    authority = models.CharField("下放机关", max_length=60)
    document = models.CharField("文件字号", max_length=80)
    scope = models.CharField("范围", max_length=400, blank=True)
    measures = models.JSONField("可用措施", default=list)
    valid_from = models.DateField("起")
    valid_until = models.DateField("止", null=True, blank=True, help_text="留空为长期。")
    revoked_on = models.DateField("收回日期", null=True, blank=True)
    recorded_by = models.CharField("登记人", max_length=64)
    recorded_at = models.DateTimeField("登记时间")
    is_generated = models.BooleanField("演示数据", default=False)

    class Meta:
        verbose_name = verbose_name_plural = "执法权限下放"
        ordering = ["number"]
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_until=None) | Q(valid_until__gte=models.F("valid_from")),
                name="delegation_period",
            ),
            models.CheckConstraint(
                condition=Q(revoked_on=None) | Q(revoked_on__gte=models.F("valid_from")),
                name="delegation_revoked_after_it_began",
            ),
            models.UniqueConstraint(
                fields=["kind", "area", "valid_from"],
                # One taken back on its first day never held: that is how a slip is put right.
                condition=Q(revoked_on=None) | Q(revoked_on__gt=models.F("valid_from")),
                name="delegation_once_from_a_day",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.kind} {self.area}"


class EnforcementCase(models.Model):
    """Somebody used a delegated power at a place on a day (执法案件). Never changed."""

    class Outcome(models.TextChoices):
        """How it ended."""

        CORRECTED = "corrected", "当场改正"
        PROMISED = "promised", "限期改正"
        HANDED_ON = "handed_on", "移送主管部门"
        REFUSED = "refused", "拒不改正，已上报"

    number = models.CharField("案件编号", max_length=24, unique=True)
    delegation = models.ForeignKey(
        Delegation, models.PROTECT, related_name="cases", verbose_name="权限"
    )
    on = models.DateField("日期")
    area = models.ForeignKey(Area, models.PROTECT, related_name="+", verbose_name="所在区域")
    place = models.CharField("地点", max_length=120)
    found = models.TextField("发现的情况")
    measure = models.CharField("采取的措施", max_length=16)
    outcome = models.CharField("结果", max_length=12, choices=Outcome.choices)
    outcome_words = models.CharField("结果说明", max_length=400, blank=True)
    photos = models.ManyToManyField(StoredFile, blank=True, verbose_name="照片")
    recorded_by = models.CharField("登记人", max_length=64)
    recorded_at = models.DateTimeField("登记时间")
    is_generated = models.BooleanField("演示数据", default=False)

    class Meta:
        verbose_name = verbose_name_plural = "执法案件"
        ordering = ["-on", "-number"]
        constraints = [
            models.CheckConstraint(
                condition=Q(outcome__in=["corrected", "promised", "handed_on", "refused"]),
                name="enforcement_case_outcome_known",
            ),
        ]
        indexes = [models.Index(fields=["on"], name="enforcement_case_on")]

    def __str__(self) -> str:
        return self.number
