"""Bases as an operating system runs them: trees, hours, services, who is accountable."""

from django.db import models
from django.db.models import F, Q

from dianliang.domain.catalog.models import Service
from dianliang.domain.directory.models import Unit
from dianliang.domain.venues.models.sites import Site


class Matrix(models.Model):
    """A tree of bases with its own shape and names (阵地体系): 1+4+1, 1+3+N, 26 + 101.

    `revision` grows with every change, so that two editors do not write over each other.
    """

    code = models.CharField("体系编码", max_length=24, unique=True)
    name = models.CharField("名称", max_length=40)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name="牵头单位")
    words = models.CharField("说明", max_length=200, blank=True)
    position = models.PositiveSmallIntegerField("次序", default=0)
    revision = models.PositiveIntegerField("修订", default=1)
    is_generated = models.BooleanField("演示数据", default=False)

    class Meta:
        verbose_name = verbose_name_plural = "阵地体系"
        ordering = ["position", "code"]

    def __str__(self) -> str:
        return self.name


class Node(models.Model):
    """A place in a tree (阵地节点): a base, or a heading that gathers some.

    A base stands once in a matrix, so that nothing is counted twice; it may stand in several.
    `label` is what this level is called here: 大使馆, 领事馆, 分基地. `path` leads from the root
    through the codes and ends with a slash.
    """

    matrix = models.ForeignKey(
        Matrix, models.PROTECT, related_name="nodes", verbose_name="阵地体系"
    )
    code = models.CharField("节点编码", max_length=24)
    name = models.CharField("名称", max_length=60)
    label = models.CharField("称呼", max_length=20, blank=True)
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="children", verbose_name="上级"
    )
    site = models.ForeignKey(
        Site, models.PROTECT, null=True, blank=True, related_name="nodes", verbose_name="阵地"
    )
    path = models.CharField("路径", max_length=330)

    class Meta:
        verbose_name = verbose_name_plural = "阵地节点"
        ordering = ["matrix", "path"]
        constraints = [
            models.UniqueConstraint(fields=["matrix", "code"], name="base_node_code_once"),
            models.UniqueConstraint(fields=["matrix", "path"], name="base_node_path_once"),
            models.UniqueConstraint(
                fields=["matrix", "site"],
                condition=Q(site__isnull=False),
                name="base_node_site_once_in_a_matrix",
            ),
            models.CheckConstraint(
                condition=Q(path__startswith="/", path__endswith="/"), name="base_node_path_shape"
            ),
            models.CheckConstraint(
                condition=Q(parent=None) | ~Q(parent=F("id")), name="base_node_not_its_own_parent"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class OpeningHours(models.Model):
    """When a base is open from a day on (开放时间); ends where the next one begins.

    `week` holds seven lists of spans, Monday first; a span is two numbers of minutes since
    midnight. `holiday` is kept on holidays where `on_holidays` says so.
    """

    class OnHolidays(models.TextChoices):
        """What counts on a public holiday of the Chinese calendar."""

        CLOSED = "closed", "不开放"
        USUAL = "usual", "照常"
        OWN = "own", "另定时间"

    class OnMakeUp(models.TextChoices):
        """What counts on a weekend day that is worked (调休)."""

        WORKDAY = "workday", "按周一的时间"
        USUAL = "usual", "仍按周末的时间"

    site = models.ForeignKey(
        Site, models.PROTECT, related_name="hours_versions", verbose_name="阵地"
    )
    from_on = models.DateField("起")
    week = models.JSONField("一周时间", default=list)
    on_holidays = models.CharField("法定节假日", max_length=8, choices=OnHolidays.choices)
    holiday = models.JSONField("节假日时间", default=list)
    on_make_up = models.CharField("调休上班日", max_length=8, choices=OnMakeUp.choices)
    decided_at = models.DateTimeField("登记时间")
    decided_by = models.CharField("登记人", max_length=64)

    class Meta:
        verbose_name = verbose_name_plural = "开放时间"
        ordering = ["site", "-from_on"]
        constraints = [
            models.UniqueConstraint(fields=["site", "from_on"], name="opening_hours_once_a_day"),
            models.CheckConstraint(
                condition=Q(on_holidays__in=["closed", "usual", "own"]),
                name="opening_hours_holidays_known",
            ),
            models.CheckConstraint(
                condition=Q(on_make_up__in=["workday", "usual"]), name="opening_hours_make_up_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.site} {self.from_on}"


class OpeningDay(models.Model):
    """A day on which a base is open at other times, or closed (特别开放日)."""

    site = models.ForeignKey(Site, models.PROTECT, related_name="opening_days", verbose_name="阵地")
    on = models.DateField("日期")
    spans = models.JSONField("时间", default=list, help_text="空表示不开放。")
    reason = models.CharField("原因", max_length=80)

    class Meta:
        verbose_name = verbose_name_plural = "特别开放日"
        ordering = ["site", "on"]
        constraints = [
            models.UniqueConstraint(fields=["site", "on"], name="opening_day_once"),
            models.CheckConstraint(condition=Q(reason__gt=""), name="opening_day_has_a_reason"),
        ]

    def __str__(self) -> str:
        return f"{self.site} {self.on}"


class SiteService(models.Model):
    """A service that is offered at a base (阵地服务)."""

    site = models.ForeignKey(Site, models.PROTECT, related_name="offers", verbose_name="阵地")
    service = models.ForeignKey(Service, models.PROTECT, related_name="+", verbose_name="服务事项")
    words = models.CharField("说明", max_length=80, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "阵地服务"
        ordering = ["site", "service__code"]
        constraints = [
            models.UniqueConstraint(fields=["site", "service"], name="site_service_once")
        ]

    def __str__(self) -> str:
        return f"{self.site} {self.service}"


class Keeper(models.Model):
    """From a day on a person, or nobody, is accountable for a base (阵地责任人).

    A period ends where the next row of the same base begins: two accountable people at a time,
    or a day that no row tells about once there is one, cannot be written down (000-03).
    People live in a room beside this one, so that the number stands here in words.
    """

    site = models.ForeignKey(Site, models.PROTECT, related_name="keepers", verbose_name="阵地")
    from_on = models.DateField("起")
    person_number = models.CharField("责任人编号", max_length=24, blank=True)
    reason = models.CharField("原因", max_length=200)
    decided_at = models.DateTimeField("登记时间")
    decided_by = models.CharField("登记人", max_length=64)

    class Meta:
        verbose_name = verbose_name_plural = "阵地责任人"
        ordering = ["site", "-from_on"]
        constraints = [
            models.UniqueConstraint(fields=["site", "from_on"], name="keeper_one_person_a_day"),
            models.CheckConstraint(condition=Q(reason__gt=""), name="keeper_has_a_reason"),
        ]

    def __str__(self) -> str:
        return f"{self.site} {self.from_on} {self.person_number}"
