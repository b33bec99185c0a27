"""When people are there, and when not."""

from django.db import models
from django.db.models import F, Q

from dianliang.domain.workforce.models.people import Person


class Absence(models.Model):
    """A person is away for whole days, first and last included (缺勤)."""

    person = models.ForeignKey(Person, models.CASCADE, related_name="absences", verbose_name="人员")
    first_on = models.DateField("起")
    last_on = models.DateField("止")
    reason = models.CharField("原因", max_length=80)

    class Meta:
        verbose_name = verbose_name_plural = "缺勤"
        constraints = [
            models.CheckConstraint(condition=Q(last_on__gte=F("first_on")), name="absence_period")
        ]

    def __str__(self) -> str:
        return f"{self.person} {self.first_on}–{self.last_on}"


class WeeklySlot(models.Model):
    """Hours of a weekday at which somebody can come, week after week (每周可服务时间).

    Who has told none can come at any time; who has told some can come at these only.
    """

    class Weekday(models.IntegerChoices):
        """As Python counts them."""

        MONDAY = 0, "周一"
        TUESDAY = 1, "周二"
        WEDNESDAY = 2, "周三"
        THURSDAY = 3, "周四"
        FRIDAY = 4, "周五"
        SATURDAY = 5, "周六"
        SUNDAY = 6, "周日"

    person = models.ForeignKey(
        Person, models.CASCADE, related_name="weekly_slots", verbose_name="人员"
    )
    weekday = models.PositiveSmallIntegerField("星期", choices=Weekday.choices)
    starts = models.TimeField("自")
    ends = models.TimeField("至")

    class Meta:
        verbose_name = verbose_name_plural = "每周可服务时间"
        ordering = ["weekday", "starts"]
        constraints = [
            models.UniqueConstraint(
                fields=["person", "weekday", "starts"], name="weekly_slot_once"
            ),
            models.CheckConstraint(condition=Q(ends__gt=F("starts")), name="weekly_slot_order"),
            models.CheckConstraint(
                condition=Q(weekday__range=(0, 6)), name="weekly_slot_weekday_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person} {self.get_weekday_display()} {self.starts:%H:%M}–{self.ends:%H:%M}"
