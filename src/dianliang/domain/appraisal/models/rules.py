"""Rules that are published before they count: task lists, 三管, contests; each with editions."""

from django.db import models
from django.db.models import Q

from dianliang.domain.appraisal import lifecycle
from dianliang.domain.appraisal.measures import MEASURES
from dianliang.domain.branches.models import PostKind
from dianliang.domain.directory.models import Unit

MEASURED = [*MEASURES]


class RuleBook(models.Model):
    """What branches and people are rated by (考评规则), seed rows 004-09, 004-13, 004-15."""

    class Kind(models.TextChoices):
        """What it is for."""

        TASKS = "tasks", "任务清单模板"
        THREE = "three", "三管考评办法"
        CONTEST = "contest", "竞赛规则"

    class Subject(models.TextChoices):
        """Who is rated."""

        PERSON = "person", "个人"
        BRANCH = "branch", "支部"

    class Period(models.TextChoices):
        """How long a task list runs."""

        MONTH = "month", "每月"
        QUARTER = "quarter", "每季度"
        YEAR = "year", "每年"

    number = models.CharField("规则编号", max_length=24, unique=True)
    name = models.CharField("名称", max_length=40)
    kind = models.CharField("类别", max_length=8, choices=Kind.choices)
    subject = models.CharField("对象", max_length=8, choices=Subject.choices)
    period = models.CharField("周期", max_length=8, choices=Period.choices, blank=True)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name="制定单位")
    created_by = models.CharField("登记人", max_length=64)
    created_at = models.DateTimeField("登记时间")
    is_generated = models.BooleanField("演示数据", default=False)

    class Meta:
        verbose_name = verbose_name_plural = "考评规则"
        ordering = ["kind", "number"]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind="tasks", subject="person", period__in=["month", "quarter", "year"])
                | Q(kind__in=["three", "contest"], subject__in=["person", "branch"], period=""),
                name="rule_book_kind_fits",
            )
        ]

    def __str__(self) -> str:
        return self.name


class Edition(models.Model):
    """What a rule says from its publication on (规则版本); once published it stays as it is.

    `late_percent` is what a duty done late still earns, `most_special` what special duties add at
    most; both only mean something for task lists.
    """

    book = models.ForeignKey(RuleBook, models.PROTECT, related_name="editions", verbose_name="规则")
    edition = models.PositiveSmallIntegerField("版本")
    revision = models.PositiveIntegerField("修改次数", default=0)
    late_percent = models.PositiveSmallIntegerField("逾期完成得分比例（%）", default=50)
    most_special = models.PositiveSmallIntegerField("特色动作加分上限", default=20)
    reason = models.CharField("制定理由", max_length=200)
    status = models.CharField(
        "状态", max_length=8, choices=[*lifecycle.EDITION_LABELS.items()], default="DRAFT"
    )
    drafted_name = models.CharField("拟定人", max_length=64)
    drafted_at = models.DateTimeField("拟定时间")
    enacted_name = models.CharField("发布人", max_length=64, blank=True)
    enacted_at = models.DateTimeField("发布时间", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "考评规则版本"
        ordering = ["book", "edition"]
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=[*lifecycle.EDITION_LABELS]), name="edition_status_known"
            ),
            models.UniqueConstraint(fields=["book", "edition"], name="edition_once"),
            models.UniqueConstraint(
                fields=["book"], condition=Q(status="DRAFT"), name="edition_one_draft"
            ),
            models.CheckConstraint(
                condition=Q(late_percent__lte=100, most_special__lte=100),
                name="edition_percents_sane",
            ),
            models.CheckConstraint(
                condition=~Q(status="IN_FORCE") | Q(enacted_at__isnull=False),
                name="edition_in_force_since_when",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.book} 第 {self.edition} 版"

    @property
    def number(self) -> str:
        """Return what audit events call it."""
        return f"{self.book.number}/{self.edition}"


class ListItem(models.Model):
    """Something that every holder of a post, or every member, does in a period (规定动作).

    With a measure it is done once records in the period add up to `least`; without, it is reported
    by hand. `due_day` counts from the period's first day; none means its last day.
    """

    class Whose(models.TextChoices):
        """Whose records count."""

        OWN = "own", "本人的记录"
        BRANCH = "branch", "本支部的记录"

    edition = models.ForeignKey(
        Edition, models.CASCADE, related_name="items", verbose_name="规则版本"
    )
    position = models.PositiveSmallIntegerField("次序")
    title = models.CharField("规定动作", max_length=80)
    post = models.ForeignKey(
        PostKind,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="职务",
        help_text="留空表示全体党员。",
    )
    measure = models.CharField("记录来源", max_length=12, blank=True)
    whose = models.CharField("谁的记录", max_length=8, choices=Whose.choices, default=Whose.OWN)
    least = models.PositiveIntegerField("至少", default=1)
    weight = models.PositiveSmallIntegerField("权重")
    due_day = models.PositiveSmallIntegerField("第几天前完成", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "规定动作"
        ordering = ["edition", "position"]
        constraints = [
            models.UniqueConstraint(fields=["edition", "position"], name="list_item_position"),
            models.CheckConstraint(
                condition=Q(measure__in=["", *MEASURED], whose__in=["own", "branch"]),
                name="list_item_measure_known",
            ),
            models.CheckConstraint(
                condition=Q(least__range=(1, 1000), weight__range=(1, 100)),
                name="list_item_least_and_weight",
            ),
            models.CheckConstraint(
                condition=Q(due_day=None) | Q(due_day__range=(1, 366)), name="list_item_due_day"
            ),
        ]

    def __str__(self) -> str:
        return self.title


class Indicator(models.Model):
    """What is measured of whoever is rated, and what it earns (考评指标).

    The whole `weight` is earned from `full_at` up. Without a measure an assessor gives a mark.
    """

    class Per(models.TextChoices):
        """How a branch's figure is compared with that of one of another size."""

        TOTAL = "total", "合计"
        MEMBER = "member", "人均"

    edition = models.ForeignKey(
        Edition, models.CASCADE, related_name="indicators", verbose_name="规则版本"
    )
    position = models.PositiveSmallIntegerField("次序")
    dimension = models.CharField("维度", max_length=24)
    title = models.CharField("指标", max_length=60)
    measure = models.CharField("记录来源", max_length=12, blank=True)
    per = models.CharField("口径", max_length=8, choices=Per.choices, default=Per.TOTAL)
    full_at = models.DecimalField("满分值", max_digits=10, decimal_places=2)
    weight = models.PositiveSmallIntegerField("权重")

    class Meta:
        verbose_name = verbose_name_plural = "考评指标"
        ordering = ["edition", "position"]
        constraints = [
            models.UniqueConstraint(fields=["edition", "position"], name="indicator_position"),
            models.CheckConstraint(
                condition=Q(measure__in=["", *MEASURED], per__in=["total", "member"]),
                name="indicator_measure_known",
            ),
            models.CheckConstraint(
                condition=Q(full_at__gt=0, weight__range=(1, 100)), name="indicator_full_at"
            ),
        ]

    def __str__(self) -> str:
        return self.title


class Band(models.Model):
    """What a score from `least` up is called (等次): 五星, 优 … Data of an edition."""

    edition = models.ForeignKey(
        Edition, models.CASCADE, related_name="bands", verbose_name="规则版本"
    )
    name = models.CharField("等次", max_length=16)
    least = models.DecimalField("不低于", max_digits=5, decimal_places=2)

    class Meta:
        verbose_name = verbose_name_plural = "考评等次"
        ordering = ["edition", "-least"]
        constraints = [
            models.UniqueConstraint(fields=["edition", "least"], name="band_least_once"),
            models.UniqueConstraint(fields=["edition", "name"], name="band_name_once"),
            models.CheckConstraint(condition=Q(least__range=(0, 100)), name="band_within_100"),
        ]

    def __str__(self) -> str:
        return self.name
