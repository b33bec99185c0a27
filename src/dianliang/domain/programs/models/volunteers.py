"""Volunteers from the public, and the links by which they find their pages (社会志愿者)."""

from django.db import models

from dianliang.domain.workforce.models import Person


class Volunteer(models.Model):
    """Somebody from outside who signed up by himself with name and phone (社会志愿者).

    Name and phone are the person's; here lie only the fingerprints by which he is found again.
    """

    person = models.OneToOneField(
        Person, models.CASCADE, related_name="volunteer", verbose_name="人员"
    )
    phone_index = models.CharField("电话指纹", max_length=64)
    name_index = models.CharField("姓名指纹", max_length=64)
    agreed_at = models.DateTimeField("同意时间")
    is_generated = models.BooleanField("演示数据", default=False)

    class Meta:
        verbose_name = verbose_name_plural = "社会志愿者"
        constraints = [
            models.UniqueConstraint(fields=["phone_index", "name_index"], name="volunteer_once")
        ]

    def __str__(self) -> str:
        return str(self.person)


class PersonalLink(models.Model):
    """A secret by which a volunteer opens his page; only its hash is stored (个人链接).

    One that was made from a form with the name and phone of somebody known shows what was signed
    up through it and nothing else, until somebody on site has seen its holder (`is_confirmed`).
    """

    person = models.ForeignKey(
        Person, models.CASCADE, related_name="personal_links", verbose_name="人员"
    )
    token_hash = models.CharField("链接指纹", max_length=64, unique=True)
    is_confirmed = models.BooleanField("已核实", default=False)
    made_at = models.DateTimeField("生成时间")
    closed_at = models.DateTimeField("停用时间", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "个人链接"
        indexes = [models.Index(fields=["person", "made_at"], name="personal_link_of")]

    def __str__(self) -> str:
        return f"{self.person} {self.made_at:%F}"
