"""Who answers for which area."""

from django.db import models
from django.db.models import Q

from dianliang.domain.territory.models import Area
from dianliang.domain.workforce.models.people import Person


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
