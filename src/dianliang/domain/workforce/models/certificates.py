"""Proofs of skills, with an end."""

from datetime import date

from django.db import models
from django.db.models import F, Q

from dianliang.core.models import StoredFile
from dianliang.domain.catalog.models import Skill
from dianliang.domain.workforce.models.people import Person


class CertificateQuerySet(models.QuerySet["Certificate"]):
    """Certificates, and which of them count."""

    def valid_on(self, on: date) -> "CertificateQuerySet":
        """Return those that count on a day, as `Certificate.counts_on` tells of one."""
        return self.filter(
            Q(withdrawn_on=None) | Q(withdrawn_on__gt=on), issued_on__lte=on, expires_on__gt=on
        )


class Certificate(models.Model):
    """Proof of a skill, with an end (证书): it counts until the day before `expires_on`."""

    person = models.ForeignKey(
        Person, models.CASCADE, related_name="certificates", verbose_name="人员"
    )
    skill = models.ForeignKey(Skill, models.PROTECT, verbose_name="技能")
    level = models.PositiveSmallIntegerField("等级", default=1)
    number = models.CharField("证书编号", max_length=40, blank=True)
    issuer = models.CharField("发证机构", max_length=60, blank=True)
    issued_on = models.DateField("发证日期")
    expires_on = models.DateField("失效日期")
    withdrawn_on = models.DateField("收回日期", null=True, blank=True)
    withdrawn_why = models.CharField("收回原因", max_length=200, blank=True)
    evidence = models.ForeignKey(
        StoredFile,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="证书扫描件",
    )

    objects = CertificateQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "证书"
        constraints = [
            models.UniqueConstraint(
                fields=["person", "skill", "issued_on"], name="certificate_once"
            ),
            models.CheckConstraint(
                condition=Q(expires_on__gt=F("issued_on")), name="certificate_period"
            ),
            models.CheckConstraint(
                condition=Q(withdrawn_on=None, withdrawn_why="")
                | (Q(withdrawn_on__isnull=False) & ~Q(withdrawn_why="")),
                name="certificate_withdrawn_for_a_reason",
            ),
            models.CheckConstraint(
                condition=Q(level__range=(1, 9)), name="certificate_level_range"
            ),
        ]
        indexes = [models.Index(fields=["expires_on"], name="certificate_expiry")]

    def __str__(self) -> str:
        return f"{self.person} {self.skill}"

    def counts_on(self, on: date) -> bool:
        """Tell whether it counts on a day."""
        return self.issued_on <= on < self.expires_on and not self.is_withdrawn_on(on)

    def is_withdrawn_on(self, on: date) -> bool:
        """Tell whether it has been withdrawn by a day."""
        return self.withdrawn_on is not None and self.withdrawn_on <= on
