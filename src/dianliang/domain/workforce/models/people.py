"""Who serves, as what, and who answers for those who are not of age."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from dianliang.core.fields import EncryptedTextField
from dianliang.domain.directory.models import Unit


class Person(models.Model):
    """Somebody who serves (人员): steward, volunteer, dispatcher. One row, however many roles.

    Of a minor `name` holds the family name with the rest starred and `full_name`, sealed, the
    whole: pages that know nothing of minors cannot show more. `minor_until` is the first of the
    month after the eighteenth birthday, so that the day of birth itself lies nowhere in clear.
    """

    class DocumentKind(models.TextChoices):
        """By what paper a person is known."""

        IDENTITY_CARD = "identity_card", "居民身份证"
        PASSPORT = "passport", "护照"
        PERMIT = "permit", "港澳台居民居住证"
        OTHER = "other", "其他证件"

    number = models.CharField("人员编号", max_length=24, unique=True)
    name = models.CharField("姓名", max_length=40)
    full_name = EncryptedTextField("未成年人全名", blank=True)
    phone = EncryptedTextField("电话", blank=True)
    phone_index = models.CharField("电话索引", max_length=64, blank=True, db_index=True)
    document_kind = models.CharField(
        "证件类型", max_length=16, choices=DocumentKind.choices, blank=True
    )
    document = EncryptedTextField("证件号码", blank=True)
    document_index = models.CharField("证件索引", max_length=64, blank=True, db_index=True)
    born = EncryptedTextField("出生日期", blank=True)
    minor_until = models.DateField("未成年人保护至", null=True, blank=True)
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
        constraints = [
            models.CheckConstraint(
                condition=Q(document="", document_index="")
                | (~Q(document="") & ~Q(document_index="") & ~Q(document_kind="")),
                name="person_document_has_kind_and_index",
            ),
            models.UniqueConstraint(
                fields=["document_kind", "document_index"],
                condition=~Q(document_index=""),
                name="person_document_once",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def whole_name(self) -> str:
        """Return the name without stars: for documents that the person himself is given."""
        return self.full_name or self.name


class Guardian(models.Model):
    """Who answers for a volunteer under eighteen, and has agreed that he takes part (监护人)."""

    person = models.OneToOneField(
        Person, models.CASCADE, related_name="guardian", verbose_name="未成年人"
    )
    name = EncryptedTextField("监护人姓名")
    phone = EncryptedTextField("监护人电话")
    relation = models.CharField("与本人关系", max_length=12)
    agreed_on = models.DateField("监护人同意日期")

    class Meta:
        verbose_name = verbose_name_plural = "监护人"

    def __str__(self) -> str:
        return f"{self.person} {self.relation}"


class RoleKind(models.Model):
    """As what somebody can serve (人员身份): 志愿者, 党员, 讲师, 宣传员. Data."""

    code = models.CharField("身份编码", max_length=24, unique=True)
    name = models.CharField("名称", max_length=24, unique=True)
    position = models.PositiveSmallIntegerField("次序", default=0)
    is_active = models.BooleanField("启用", default=True)

    class Meta:
        verbose_name = verbose_name_plural = "人员身份类别"
        ordering = ["position", "code"]

    def __str__(self) -> str:
        return self.name


class PersonRole(models.Model):
    """A person serves as something for a time (人员身份); `valid_until` is the last day.

    It says what he does, not what his account may open: that is `directory.RoleAssignment`.
    """

    person = models.ForeignKey(Person, models.CASCADE, related_name="roles", verbose_name="人员")
    kind = models.ForeignKey(RoleKind, models.PROTECT, verbose_name="身份")
    valid_from = models.DateField("起")
    valid_until = models.DateField("止", null=True, blank=True)
    note = models.CharField("备注", max_length=80, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "人员身份"
        ordering = ["kind__position", "valid_from"]
        constraints = [
            models.UniqueConstraint(
                fields=["person", "kind", "valid_from"], name="person_role_once"
            ),
            models.UniqueConstraint(
                fields=["person", "kind"],
                condition=Q(valid_until=None),
                name="person_role_once_at_a_time",
            ),
            models.CheckConstraint(
                condition=Q(valid_until=None) | Q(valid_until__gte=F("valid_from")),
                name="person_role_period",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person} {self.kind}"
