"""Brands of branches and brand products (一支部一品牌、品牌产品), rows 004-14, 000-26, 003-19."""

from django.db import models
from django.db.models import F, Q

from dianliang.core.models import StoredFile
from dianliang.domain.branches.models import Branch
from dianliang.domain.brands import lifecycle
from dianliang.domain.catalog.theme_models import Theme
from dianliang.domain.directory.models import Unit


class Brand(models.Model):
    """A name under which a branch, or a unit, does something for others (品牌).

    What is done under it are records of other rooms that carry its theme, whose code is its
    number: by hand or by rule, as with any theme. Its figures are counted from them.
    """

    class Kind(models.TextChoices):
        """Whose it is."""

        BRANCH = "branch", "支部品牌"
        PRODUCT = "product", "品牌产品"

    number = models.CharField("品牌编号", max_length=24, unique=True)
    name = models.CharField("品牌名称", max_length=40)
    slogan = models.CharField("口号", max_length=60, blank=True)
    kind = models.CharField("类型", max_length=8, choices=Kind.choices)
    branch = models.ForeignKey(
        Branch, models.PROTECT, null=True, blank=True, related_name="brands", verbose_name="支部"
    )
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name="所属单位")
    intro = models.TextField("品牌介绍", max_length=1000)
    logo = models.ForeignKey(
        StoredFile, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="标识"
    )
    since = models.DateField("创建日期")
    until = models.DateField("结束日期", null=True, blank=True)
    theme = models.OneToOneField(Theme, models.PROTECT, related_name="+", verbose_name="主题")
    is_public = models.BooleanField("对外展示", default=False)
    status = models.CharField(
        "状态", max_length=12, choices=[*lifecycle.LABELS.items()], default="DRAFT"
    )
    submitted_by = models.CharField("提交账号", max_length=64, blank=True)
    created_by = models.CharField("登记人", max_length=64)
    created_at = models.DateTimeField("登记时间")
    is_generated = models.BooleanField("演示数据", default=False)

    class Meta:
        verbose_name = verbose_name_plural = "品牌"
        ordering = ["unit__path", "number"]
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=[*lifecycle.LABELS]), name="brand_status_known"
            ),
            models.CheckConstraint(
                condition=Q(kind="branch", branch__isnull=False) | Q(kind="product"),
                name="brand_of_a_branch_names_it",
            ),
            models.UniqueConstraint(
                fields=["branch"],
                condition=Q(kind="branch", status__in=["DRAFT", "SUBMITTED", "RUNNING"]),
                name="brand_one_of_a_branch",
            ),
            models.CheckConstraint(
                condition=Q(until=None) | Q(until__gte=F("since")), name="brand_period"
            ),
            models.CheckConstraint(
                condition=Q(is_public=False) | Q(status__in=["RUNNING", "ENDED"]),
                name="brand_public_once_approved",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class BrandReview(models.Model):
    """What somebody made of a brand in a period (品牌评审), with the figures as they were then."""

    class Grade(models.TextChoices):
        """How good it was."""

        EXCELLENT = "excellent", "优秀"
        GOOD = "good", "良好"
        FAIR = "fair", "一般"

    brand = models.ForeignKey(Brand, models.PROTECT, related_name="reviews", verbose_name="品牌")
    since = models.DateField("起")
    until = models.DateField("止")
    grade = models.CharField("等次", max_length=12, choices=Grade.choices)
    words = models.CharField("评审意见", max_length=300)
    figures = models.JSONField("当时的数")
    reviewed_by = models.CharField("评审人", max_length=64)
    reviewed_at = models.DateTimeField("评审时间")

    class Meta:
        verbose_name = verbose_name_plural = "品牌评审"
        ordering = ["-until", "-pk"]
        constraints = [
            models.CheckConstraint(condition=Q(until__gte=F("since")), name="brand_review_period"),
            models.CheckConstraint(
                condition=Q(grade__in=["excellent", "good", "fair"]), name="brand_review_grade"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.brand} {self.until}"
