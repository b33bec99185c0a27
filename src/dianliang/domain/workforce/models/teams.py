"""Teams, who belongs to them, and who is there."""

from django.db import models
from django.db.models import F, Q

from dianliang.domain.directory.models import Unit
from dianliang.domain.territory.models import Area
from dianliang.domain.workforce.models.people import Person


class Team(models.Model):
    """People who go out together (队伍), perhaps for a time only; may have teams below it."""

    code = models.CharField("队伍编码", max_length=24, unique=True)
    name = models.CharField("名称", max_length=40)
    unit = models.ForeignKey(Unit, models.PROTECT, verbose_name="单位")
    parent = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="children",
        verbose_name="上级队",
    )
    areas = models.ManyToManyField(Area, blank=True, verbose_name="服务区域")
    base_lat = models.FloatField("驻地纬度")
    base_lon = models.FloatField("驻地经度")
    shift_starts = models.TimeField("上班")
    shift_ends = models.TimeField("下班")
    lunch_min = models.PositiveIntegerField("午休（分钟）", default=60)
    overtime_max_min = models.PositiveIntegerField("最多加班（分钟）", default=0)
    gear = models.JSONField("随车装备", default=dict, blank=True)
    calendar_token = models.CharField("日历订阅码", max_length=40, unique=True)
    is_volunteer = models.BooleanField("志愿服务队", default=False)
    is_active = models.BooleanField("在岗", default=True)
    purpose = models.CharField("任务", max_length=200, blank=True)
    founded_on = models.DateField("成立日期", null=True, blank=True)
    ends_on = models.DateField(
        "最后一天", null=True, blank=True, help_text="临时队伍到这一天为止；长期队伍留空。"
    )
    ended_why = models.CharField("结束原因", max_length=200, blank=True)
    is_generated = models.BooleanField("演示数据", default=False)

    class Meta:
        verbose_name = verbose_name_plural = "队伍"
        ordering = ["code"]
        constraints = [
            models.CheckConstraint(
                condition=Q(base_lat__range=(-90, 90), base_lon__range=(-180, 180)),
                name="team_base_on_earth",
            ),
            models.CheckConstraint(
                condition=Q(shift_ends__gt=F("shift_starts")), name="team_shift_order"
            ),
            models.CheckConstraint(condition=~Q(parent=F("pk")), name="team_not_above_itself"),
            models.CheckConstraint(
                condition=Q(founded_on=None) | Q(ends_on=None) | Q(ends_on__gte=F("founded_on")),
                name="team_life_span",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Membership(models.Model):
    """A person belongs to a team for a time (队员)."""

    team = models.ForeignKey(Team, models.CASCADE, related_name="members", verbose_name="队伍")
    person = models.ForeignKey(
        Person, models.CASCADE, related_name="memberships", verbose_name="人员"
    )
    is_captain = models.BooleanField("队长", default=False)
    valid_from = models.DateField("起")
    valid_until = models.DateField("止", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "队员"
        constraints = [
            models.UniqueConstraint(
                fields=["team", "person", "valid_from"], name="membership_once"
            ),
            models.UniqueConstraint(
                fields=["team"],
                condition=Q(is_captain=True, valid_until=None),
                name="membership_one_captain",
            ),
            models.CheckConstraint(
                condition=Q(valid_until=None) | Q(valid_until__gte=F("valid_from")),
                name="membership_period",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.team} {self.person}"


class Attendance(models.Model):
    """A member has checked in for the day with a team (签到); may stand in for another team."""

    team = models.ForeignKey(Team, models.CASCADE, related_name="attendance", verbose_name="队伍")
    person = models.ForeignKey(Person, models.CASCADE, verbose_name="人员")
    on = models.DateField("日期")
    checked_in_at = models.DateTimeField("签到时间", null=True, blank=True)
    lat = models.FloatField("签到纬度", null=True, blank=True)
    lon = models.FloatField("签到经度", null=True, blank=True)
    accuracy_m = models.PositiveIntegerField("定位误差（米）", null=True, blank=True)
    replaces = models.ForeignKey(
        Person,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="替换",
    )

    class Meta:
        verbose_name = verbose_name_plural = "签到"
        constraints = [
            models.UniqueConstraint(fields=["person", "on"], name="attendance_one_team_a_day"),
            models.CheckConstraint(
                condition=Q(lat=None, lon=None) | Q(lat__range=(-90, 90), lon__range=(-180, 180)),
                name="attendance_on_earth",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.on} {self.team} {self.person}"
