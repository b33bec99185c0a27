"""Who voted, and what was voted: two tables that nothing joins (投票名册、票箱).

There is no row for a ballot. A vote ticks its voter in the register and adds to the sums in the
box; the box is one sealed text for a round, written anew each time. So there is no common key, no
order of rows, no moment, and no size by which a ballot could be given back to its voter.
"""

from django.db import models

from dianliang.core.fields import EncryptedTextField
from dianliang.domain.honours.models.calls import Call
from dianliang.domain.workforce.models import Person


class Voter(models.Model):
    """Somebody who may vote in a round, and whether he has (投票名册). It has no moment."""

    call = models.ForeignKey(Call, models.PROTECT, related_name="voters", verbose_name="评选")
    round = models.PositiveSmallIntegerField("轮次")
    person = models.ForeignKey(Person, models.PROTECT, related_name="+", verbose_name="投票人")
    has_voted = models.BooleanField("已投票", default=False)

    class Meta:
        verbose_name = verbose_name_plural = "投票名册"
        constraints = [
            models.UniqueConstraint(fields=["call", "round", "person"], name="voter_once_a_round")
        ]

    def __str__(self) -> str:
        return f"{self.call} {self.person}"


class Box(models.Model):
    """The sums of a round (票箱): sealed, of one length whatever is in it, opened at the count."""

    call = models.ForeignKey(Call, models.PROTECT, related_name="boxes", verbose_name="评选")
    round = models.PositiveSmallIntegerField("轮次")
    sealed = EncryptedTextField("票数")

    class Meta:
        verbose_name = verbose_name_plural = "票箱"
        constraints = [models.UniqueConstraint(fields=["call", "round"], name="box_once_a_round")]

    def __str__(self) -> str:
        return f"{self.call} {self.round}"
