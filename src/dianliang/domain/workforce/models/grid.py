"""The path of grid workers."""

from django.db import models
from django.db.models import Q

from dianliang.domain.territory.models import Area
from dianliang.domain.workforce import lifecycle
from dianliang.domain.workforce.models.people import Person


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
