"""Topics (课题, 党建+): a baseline, actions, a measured result, and who leads at which tier."""

from django.db import models
from django.db.models import F, Q

from dianliang.domain.branches import lifecycle
from dianliang.domain.branches.models.register import Branch
from dianliang.domain.directory.models import Unit
from dianliang.domain.workforce.models import Person


class Topic(models.Model):
    """A branch takes on a problem and shows by a figure what came of it (课题), row 004-05.

    Figures before and after are of the same measure and unit; each has a day and a source. There
    is no result without a baseline, and none that is older than it.
    """

    class Kind(models.TextChoices):
        """Of which programme it is."""

        TOPIC = "topic", "党建课题"
        PLUS = "plus", "党建+"

    class Better(models.TextChoices):
        """In which direction the figure should go."""

        UP = "up", "越高越好"
        DOWN = "down", "越低越好"

    number = models.CharField("课题编号", max_length=24, unique=True)
    title = models.CharField("名称", max_length=80)
    kind = models.CharField("类型", max_length=8, choices=Kind.choices, default=Kind.TOPIC)
    branch = models.ForeignKey(
        Branch, models.PROTECT, related_name="topics", verbose_name="牵头支部"
    )
    goal = models.CharField("目标", max_length=300)
    measure = models.CharField("指标", max_length=60)
    measure_unit = models.CharField("单位", max_length=16)
    better = models.CharField("方向", max_length=4, choices=Better.choices)
    due_on = models.DateField("完成期限")
    before = models.DecimalField("实施前", max_digits=16, decimal_places=3, null=True, blank=True)
    before_on = models.DateField("实施前日期", null=True, blank=True)
    before_source = models.CharField("实施前来源", max_length=200, blank=True)
    after = models.DecimalField("实施后", max_digits=16, decimal_places=3, null=True, blank=True)
    after_on = models.DateField("实施后日期", null=True, blank=True)
    after_source = models.CharField("实施后来源", max_length=200, blank=True)
    status = models.CharField(
        "状态", max_length=12, choices=[*lifecycle.TOPIC_LABELS.items()], default="PROPOSED"
    )
    created_by = models.CharField("登记人", max_length=64)
    created_at = models.DateTimeField("登记时间")
    is_generated = models.BooleanField("演示数据", default=False)

    class Meta:
        verbose_name = verbose_name_plural = "课题"
        ordering = ["number"]
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=[*lifecycle.TOPIC_LABELS]), name="topic_status_known"
            ),
            models.CheckConstraint(
                condition=Q(kind__in=["topic", "plus"], better__in=["up", "down"]),
                name="topic_kind_and_direction_known",
            ),
            models.CheckConstraint(
                condition=Q(before=None, before_on=None, before_source="")
                | Q(before__isnull=False, before_on__isnull=False) & ~Q(before_source=""),
                name="topic_baseline_with_day_and_source",
            ),
            models.CheckConstraint(
                condition=Q(after=None, after_on=None, after_source="")
                | Q(after__isnull=False, before__isnull=False, after_on__gt=F("before_on"))
                & ~Q(after_source=""),
                name="topic_no_result_without_a_baseline",
            ),
            models.CheckConstraint(
                condition=Q(status__in=["PROPOSED", "CANCELLED"])
                | Q(status__in=["BASELINED", "ACTING"], before__isnull=False)
                | Q(status__in=["MEASURED", "CLOSED"], after__isnull=False),
                name="topic_status_has_its_figures",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.title}"


class TopicLead(models.Model):
    """Who leads a topic at one of the four tiers (四级责任), seed row 000-24."""

    class Tier(models.TextChoices):
        """The tiers of 党建+: 党委抓统筹、专业抓融合、支部抓落实、党建抓指导."""

        COORDINATE = "coordinate", "统筹"
        INTEGRATE = "integrate", "融合"
        CARRY_OUT = "carry_out", "落实"
        GUIDE = "guide", "指导"

    topic = models.ForeignKey(Topic, models.CASCADE, related_name="leads", verbose_name="课题")
    tier = models.CharField("层级", max_length=12, choices=Tier.choices)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name="牵头单位")
    person = models.ForeignKey(
        Person, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="牵头人"
    )

    class Meta:
        verbose_name = verbose_name_plural = "四级责任"
        ordering = ["topic", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["topic", "tier"], name="topic_one_lead_a_tier"),
            models.CheckConstraint(
                condition=Q(tier__in=["coordinate", "integrate", "carry_out", "guide"]),
                name="topic_tier_known",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.topic} {self.tier}"


class TopicAction(models.Model):
    """Something that is done for a topic, by somebody, until a day (课题行动)."""

    topic = models.ForeignKey(Topic, models.PROTECT, related_name="actions", verbose_name="课题")
    position = models.PositiveSmallIntegerField("次序")
    words = models.CharField("行动", max_length=200)
    person = models.ForeignKey(Person, models.PROTECT, related_name="+", verbose_name="责任人")
    due_on = models.DateField("完成期限")
    done_on = models.DateField("完成日期", null=True, blank=True)
    done_words = models.CharField("完成情况", max_length=300, blank=True)
    record_kind = models.CharField("佐证类别", max_length=24, blank=True)
    record_number = models.CharField("佐证编号", max_length=40, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "课题行动"
        ordering = ["topic", "position"]
        constraints = [
            models.UniqueConstraint(fields=["topic", "position"], name="topic_action_position"),
            models.CheckConstraint(
                condition=Q(done_on=None, done_words="")
                | Q(done_on__isnull=False) & ~Q(done_words=""),
                name="topic_action_done_with_words",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.position}. {self.words}"
