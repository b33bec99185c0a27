"""Sessions that come again by a rule (活动系列)."""

from django.db import models
from django.db.models import F, Q

from dianliang.domain.catalog.models import Service, Skill
from dianliang.domain.directory.models import Unit
from dianliang.domain.territory.models import Area
from dianliang.domain.venues.models import Bookable, Site
from dianliang.domain.workforce.models import Team


class Kind(models.TextChoices):
    """What people come to."""

    ACTION = "action", "志愿行动"
    OPEN_DAY = "open_day", "会客日"
    LECTURE = "lecture", "宣讲"
    CLASS = "class", "课程"
    EVENT = "event", "联办活动"


class SignupRole(models.TextChoices):
    """As what somebody comes; it goes with every hour (002-20)."""

    VOLUNTEER = "volunteer", "志愿者"
    PUBLICIST = "publicist", "宣传员"
    ATTENDANT = "attendant", "服务员"
    INFORMANT = "informant", "信息员"
    LECTURER = "lecturer", "讲师"
    LEARNER = "learner", "学员"
    GUEST = "guest", "来宾"


class Series(models.Model):
    """A session that comes again by a rule (系列), such as 会客日 at a 会客厅 (003-07)."""

    class Frequency(models.TextChoices):
        """How the days follow from the rule."""

        WEEKLY = "weekly", "每周"
        MONTHLY_DAY = "month_day", "每月某日"
        MONTHLY_WEEKDAY = "month_nth", "每月第几个星期几"

    class OnHoliday(models.TextChoices):
        """What becomes of a day that is not worked."""

        KEEP = "keep", "照常"
        SKIP = "skip", "不办"
        NEXT = "next", "顺延到下一个工作日"

    number = models.CharField("系列编号", max_length=24, unique=True)
    title = models.CharField("名称", max_length=60)
    kind = models.CharField("类别", max_length=12, choices=Kind.choices)
    role = models.CharField("报名身份", max_length=12, choices=SignupRole.choices)
    unit = models.ForeignKey(Unit, models.PROTECT, verbose_name="主办单位")
    team = models.ForeignKey(Team, models.PROTECT, null=True, blank=True, verbose_name="队伍")
    area = models.ForeignKey(Area, models.PROTECT, related_name="+", verbose_name="所在区域")
    site = models.ForeignKey(
        Site, models.PROTECT, null=True, blank=True, related_name="series", verbose_name="阵地"
    )
    room = models.ForeignKey(
        Bookable, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="所用场室"
    )
    place = models.CharField("地点", max_length=80, blank=True)
    service = models.ForeignKey(
        Service, models.PROTECT, null=True, blank=True, verbose_name="服务事项"
    )
    skills = models.ManyToManyField(Skill, blank=True, related_name="+", verbose_name="所需技能")
    words = models.TextField("说明", blank=True)
    contact = models.CharField("联系电话", max_length=40, blank=True)
    places = models.PositiveIntegerField("名额", null=True, blank=True)
    is_public = models.BooleanField("公开报名", default=True)
    frequency = models.CharField("频率", max_length=12, choices=Frequency.choices)
    every = models.PositiveSmallIntegerField("每几周或几月", default=1)
    weekdays = models.JSONField("星期", default=list, blank=True)
    month_day = models.PositiveSmallIntegerField("每月几日", null=True, blank=True)
    nth = models.SmallIntegerField("第几个", null=True, blank=True)
    on_holiday = models.CharField(
        "遇节假日", max_length=8, choices=OnHoliday.choices, default=OnHoliday.KEEP
    )
    begins_at = models.TimeField("开始时刻")
    minutes = models.PositiveSmallIntegerField("时长（分钟）")
    starts_on = models.DateField("起")
    ends_on = models.DateField("止", null=True, blank=True)
    ahead_days = models.PositiveSmallIntegerField("提前几天发布", default=30)
    made_until = models.DateField("已排到", null=True, blank=True)
    created_by = models.CharField("编制人", max_length=64)
    created_at = models.DateTimeField("编制时间")
    is_generated = models.BooleanField("演示数据", default=False)

    class Meta:
        verbose_name = verbose_name_plural = "活动系列"
        ordering = ["number"]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=Kind.values, role__in=SignupRole.values),
                name="series_kind_and_role_known",
            ),
            models.CheckConstraint(
                condition=Q(frequency__in=["weekly", "month_day", "month_nth"])
                & Q(on_holiday__in=["keep", "skip", "next"]),
                name="series_rule_known",
            ),
            models.CheckConstraint(
                condition=Q(every__range=(1, 12), minutes__range=(10, 1440)),
                name="series_every_and_minutes_sane",
            ),
            models.CheckConstraint(
                condition=Q(ends_on=None) | Q(ends_on__gte=F("starts_on")), name="series_period"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.title}"


class SeriesException(models.Model):
    """On one day of a series something else holds (例外)."""

    class Kind(models.TextChoices):
        """What else."""

        SKIPPED = "skipped", "当天不办"
        MOVED = "moved", "改到"

    series = models.ForeignKey(
        Series, models.CASCADE, related_name="exceptions", verbose_name="系列"
    )
    on = models.DateField("原日期")
    kind = models.CharField("例外", max_length=8, choices=Kind.choices)
    moved_to = models.DateTimeField("改到", null=True, blank=True)
    reason = models.CharField("原因", max_length=200)

    class Meta:
        verbose_name = verbose_name_plural = "系列例外"
        ordering = ["on"]
        constraints = [
            models.UniqueConstraint(fields=["series", "on"], name="series_exception_once"),
            models.CheckConstraint(
                condition=Q(kind="skipped", moved_to=None)
                | Q(kind="moved", moved_to__isnull=False),
                name="series_exception_moved_has_time",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.series} {self.on}"
