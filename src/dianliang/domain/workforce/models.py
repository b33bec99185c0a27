"""Who serves."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from dianliang.core.fields import EncryptedTextField
from dianliang.domain.catalog.models import Skill
from dianliang.domain.directory.models import Unit
from dianliang.domain.territory.models import Area
from dianliang.domain.workforce import lifecycle


class Person(models.Model):
    """Somebody who serves (人员): steward, volunteer, dispatcher."""

    number = models.CharField("人员编号", max_length=24, unique=True)
    name = models.CharField("姓名", max_length=40)
    phone = EncryptedTextField("电话", blank=True)
    unit = models.ForeignKey(Unit, models.PROTECT, verbose_name="单位")
    user = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="person",
        verbose_name="账号",
    )
    title = models.CharField("岗位", max_length=24, blank=True)
    is_party_member = models.BooleanField("党员", default=False)
    is_active = models.BooleanField("在岗", default=True)
    left_on = models.DateField("离岗日期", null=True, blank=True)
    is_generated = models.BooleanField("演示数据", default=False)

    class Meta:
        verbose_name = verbose_name_plural = "人员"
        ordering = ["number"]

    def __str__(self) -> str:
        return self.name


class Certificate(models.Model):
    """Proof of a skill, with an end (证书)."""

    person = models.ForeignKey(
        Person, models.CASCADE, related_name="certificates", verbose_name="人员"
    )
    skill = models.ForeignKey(Skill, models.PROTECT, verbose_name="技能")
    level = models.PositiveSmallIntegerField("等级", default=1)
    issued_on = models.DateField("发证日期")
    expires_on = models.DateField("失效日期")

    class Meta:
        verbose_name = verbose_name_plural = "证书"
        constraints = [
            models.UniqueConstraint(
                fields=["person", "skill", "issued_on"], name="certificate_once"
            ),
            models.CheckConstraint(
                condition=Q(expires_on__gt=models.F("issued_on")), name="certificate_period"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person} {self.skill}"


class Team(models.Model):
    """People who go out together (队伍)."""

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
                condition=Q(shift_ends__gt=models.F("shift_starts")), name="team_shift_order"
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
        ]

    def __str__(self) -> str:
        return f"{self.team} {self.person}"


class GridWorker(models.Model):
    """A person on the way to a grid cell, or on one (网协员, seed row 001-04)."""

    person = models.OneToOneField(
        Person, models.CASCADE, related_name="grid_worker", verbose_name="人员"
    )
    status = models.CharField(
        "状态",
        max_length=12,
        choices=[*lifecycle.GRID_WORKER_LABELS.items()],
        default="RECRUITED",
    )
    area = models.ForeignKey(
        Area, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="网格"
    )
    recruited_on = models.DateField("招募日期")
    trained_on = models.DateField("培训日期", null=True, blank=True)
    training_h = models.PositiveSmallIntegerField("培训学时", default=0)
    placed_on = models.DateField("上格日期", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "网协员"
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=[*lifecycle.GRID_WORKER_LABELS]),
                name="grid_worker_status_known",
            ),
            models.CheckConstraint(
                condition=Q(status="PLACED", area__isnull=False, placed_on__isnull=False)
                | (~Q(status="PLACED") & Q(area=None, placed_on=None)),
                name="grid_worker_on_a_cell_iff_placed",
            ),
            models.UniqueConstraint(fields=["area"], name="grid_worker_one_per_cell"),
        ]

    def __str__(self) -> str:
        return f"{self.person} {self.area or ''}"

    @property
    def number(self) -> str:
        """Return the number of the person, which audit events name."""
        return self.person.number


class Absence(models.Model):
    """A person is away for whole days, first and last included (缺勤)."""

    person = models.ForeignKey(Person, models.CASCADE, related_name="absences", verbose_name="人员")
    first_on = models.DateField("起")
    last_on = models.DateField("止")
    reason = models.CharField("原因", max_length=80)

    class Meta:
        verbose_name = verbose_name_plural = "缺勤"
        constraints = [
            models.CheckConstraint(
                condition=Q(last_on__gte=models.F("first_on")), name="absence_period"
            )
        ]

    def __str__(self) -> str:
        return f"{self.person} {self.first_on}–{self.last_on}"


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


class ChargeKind(models.Model):
    """In what way somebody answers for an area (责任类别): 客户经理, 联络员, 网格员. Data.

    `levels` are the levels of areas that must have somebody; `most_cells` is how many areas one
    person can look after.
    """

    code = models.CharField("类别编码", max_length=16, unique=True)
    name = models.CharField("名称", max_length=24, unique=True)
    levels = models.JSONField("应设级别", default=list)
    most_cells = models.PositiveSmallIntegerField("一人最多几处", default=8)
    position = models.PositiveSmallIntegerField("次序", default=0)
    is_active = models.BooleanField("启用", default=True)

    class Meta:
        verbose_name = verbose_name_plural = "责任类别"
        ordering = ["position", "code"]
        constraints = [
            models.CheckConstraint(condition=Q(most_cells__gt=0), name="charge_kind_most_cells")
        ]

    def __str__(self) -> str:
        return self.name


class Charge(models.Model):
    """From a day on a person, or nobody, answers for an area (责任区).

    A period ends where the next row of the same area and kind begins. Two people at a time, or a
    day that no row tells about once there is one, cannot be written down: that is the rule 一区域
    一经理 of seed rows 000-03 and 000-19, kept by the database itself.
    """

    area = models.ForeignKey(Area, models.PROTECT, related_name="charges", verbose_name="区域")
    kind = models.ForeignKey(ChargeKind, models.PROTECT, verbose_name="责任类别")
    from_on = models.DateField("起")
    person = models.ForeignKey(
        Person,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="charges",
        verbose_name="责任人",
        help_text="留空表示从这一天起空缺。",
    )
    reason = models.CharField("原因", max_length=200)
    decided_at = models.DateTimeField("登记时间")
    decided_by = models.CharField("登记人", max_length=64)
    is_generated = models.BooleanField("演示数据", default=False)

    class Meta:
        verbose_name = verbose_name_plural = "责任区"
        ordering = ["area__path", "kind__position", "from_on"]
        constraints = [
            models.UniqueConstraint(
                fields=["area", "kind", "from_on"], name="charge_one_person_a_day"
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="charge_has_a_reason"),
        ]

    def __str__(self) -> str:
        return f"{self.area} {self.kind} {self.from_on} {self.person or ''}"
