"""Trees of themes that any record may carry, and what carries which."""

from django.db import models
from django.db.models import Q


class Theme(models.Model):
    """A programme or a theme of one (工程与主题): a node of a tree of any depth.

    The tree is in the path, so that the program can bring trees along as plain rows. `name` is the
    first name; later ones are versions with a day.
    """

    code = models.CharField("主题编码", max_length=24, unique=True)
    path = models.CharField("路径", max_length=200, unique=True)
    name = models.CharField("名称", max_length=40)
    position = models.PositiveSmallIntegerField("次序", default=0)
    basis = models.CharField("依据", max_length=200, blank=True)
    to_check = models.CharField("使用前核对", max_length=200, blank=True)
    valid_from = models.DateField("起", null=True, blank=True)
    valid_until = models.DateField("止", null=True, blank=True, help_text="留空为长期。")
    is_generated = models.BooleanField("演示数据", default=False)

    class Meta:
        verbose_name = verbose_name_plural = "主题"
        ordering = ["path"]
        constraints = [
            models.CheckConstraint(
                condition=Q(path__startswith="/", path__endswith="/"), name="theme_path_shape"
            ),
            models.CheckConstraint(
                condition=Q(valid_until=None)
                | Q(valid_from=None)
                | Q(valid_until__gte=models.F("valid_from")),
                name="theme_life_span",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class ThemeName(models.Model):
    """What a theme is called from a day on (主题名称版本). Never changed."""

    theme = models.ForeignKey(Theme, models.PROTECT, related_name="names", verbose_name="主题")
    from_on = models.DateField("起")
    name = models.CharField("名称", max_length=40)
    reason = models.CharField("原因", max_length=200)
    decided_by = models.CharField("登记人", max_length=64)
    decided_at = models.DateTimeField("登记时间")

    class Meta:
        verbose_name = verbose_name_plural = "主题名称版本"
        ordering = ["theme", "from_on"]
        constraints = [
            models.UniqueConstraint(fields=["theme", "from_on"], name="theme_name_once_a_day"),
            models.CheckConstraint(condition=~Q(name=""), name="theme_name_not_empty"),
        ]

    def __str__(self) -> str:
        return f"{self.from_on} {self.name}"


class ThemeRule(models.Model):
    """What a record is like implies a theme (主题规则): a kind, one of its attributes, a value."""

    theme = models.ForeignKey(Theme, models.PROTECT, related_name="rules", verbose_name="主题")
    record_kind = models.CharField("记录类别", max_length=24)
    attribute = models.CharField("按什么", max_length=24)
    value = models.CharField("取值", max_length=60)
    is_active = models.BooleanField("启用", default=True)
    created_by = models.CharField("登记人", max_length=64)
    created_at = models.DateTimeField("登记时间")
    is_generated = models.BooleanField("演示数据", default=False)

    class Meta:
        verbose_name = verbose_name_plural = "主题规则"
        ordering = ["theme__path", "record_kind", "attribute", "value"]
        constraints = [
            models.UniqueConstraint(
                fields=["theme", "record_kind", "attribute", "value"], name="theme_rule_once"
            ),
            models.CheckConstraint(condition=~Q(value=""), name="theme_rule_has_a_value"),
        ]

    def __str__(self) -> str:
        return f"{self.record_kind}.{self.attribute}={self.value} → {self.theme}"


class ThemeMark(models.Model):
    """A record of any room carries a theme (主题标记), named by its kind and number.

    A mark that was taken off stays as a row that no longer counts, so that no rule sets it again.
    """

    class Origin(models.TextChoices):
        """Who said so."""

        HAND = "hand", "人工"
        RULE = "rule", "规则"
        SOURCE = "source", "随来源"

    theme = models.ForeignKey(Theme, models.PROTECT, related_name="marks", verbose_name="主题")
    record_kind = models.CharField("记录类别", max_length=24)
    record_number = models.CharField("记录编号", max_length=40)
    origin = models.CharField("来源", max_length=8, choices=Origin.choices)
    rule = models.ForeignKey(
        ThemeRule, models.PROTECT, null=True, blank=True, related_name="marks", verbose_name="规则"
    )
    is_active = models.BooleanField("有效", default=True)
    marked_by = models.CharField("标记人", max_length=64)
    marked_at = models.DateTimeField("标记时间")
    withdrawn_by = models.CharField("撤下人", max_length=64, blank=True)
    withdrawn_at = models.DateTimeField("撤下时间", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "主题标记"
        ordering = ["theme__path", "record_kind", "record_number"]
        constraints = [
            models.UniqueConstraint(
                fields=["theme", "record_kind", "record_number"], name="theme_mark_once"
            ),
            models.CheckConstraint(
                condition=Q(origin__in=["hand", "source"], rule=None)
                | Q(origin="rule", rule__isnull=False),
                name="theme_mark_rule_iff_by_rule",
            ),
            models.CheckConstraint(
                condition=Q(is_active=True, withdrawn_at=None)
                | Q(is_active=False, withdrawn_at__isnull=False),
                name="theme_mark_withdrawn_iff_inactive",
            ),
        ]
        indexes = [
            models.Index(fields=["record_kind", "record_number"], name="theme_mark_record"),
        ]

    def __str__(self) -> str:
        return f"{self.record_kind} {self.record_number} {self.theme}"
