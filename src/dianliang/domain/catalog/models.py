"""Services and what is promised about them."""

from django.db import models
from django.db.models import Q

from dianliang.domain.catalog import theme_models  # noqa: F401 (Django finds them from here)
from dianliang.kernel.calendar import TimeUnit
from dianliang.kernel.places import AREA_CLASS_CHOICES

STATUTORY = "法定节假日，待公布安排"
"""The version of days that the law fixes, in a year whose arrangement is not loaded yet."""


class Element(models.TextChoices):
    """The elements that an alliance of utilities secures (要素, seed row 001-01)."""

    POWER = "power", "电"
    WATER = "water", "水"
    GAS = "gas", "气"
    BANK = "bank", "银"
    TELECOM = "telecom", "信"
    POST = "post", "邮"
    GENERAL = "general", "综合"


class VenueType(models.TextChoices):
    """The five kinds of places that services go to (五进, seed row 000-05)."""

    COMMUNITY = "community", "社区"
    VILLAGE = "village", "乡村"
    ENTERPRISE = "enterprise", "企业"
    SCHOOL = "school", "学校"
    GOVERNMENT = "government", "机关"


class Skill(models.Model):
    """Something a person can be certified for (技能)."""

    code = models.CharField("技能编码", max_length=24, unique=True)
    name = models.CharField("名称", max_length=40)

    class Meta:
        verbose_name = verbose_name_plural = "技能"
        ordering = ["code"]

    def __str__(self) -> str:
        return self.name


class Service(models.Model):
    """Something that can be asked for (服务事项)."""

    code = models.CharField("事项编码", max_length=24, unique=True)
    name = models.CharField("名称", max_length=40)
    description = models.CharField("说明", max_length=300, blank=True)
    element = models.CharField("要素", max_length=10, choices=Element.choices)
    keywords = models.JSONField("关键词", default=list, blank=True)
    examples = models.JSONField("示例说法", default=list, blank=True)
    venue_types = models.JSONField("适用场所", default=list, blank=True)
    checklist = models.JSONField("作业清单", default=list, blank=True)
    skill = models.ForeignKey(Skill, models.PROTECT, null=True, blank=True, verbose_name="所需技能")
    duration_min = models.PositiveIntegerField("预计时长（分钟）", default=45)
    needs_visit = models.BooleanField("需上门", default=True)
    is_urgent = models.BooleanField("默认紧急", default=False)
    is_active = models.BooleanField("启用", default=True)
    is_private = models.BooleanField(
        "不公开", default=False, help_text="需求不出现在“大家的需求”和公开接口里。"
    )
    inspects = models.ForeignKey(
        "Checklist", models.PROTECT, null=True, blank=True, verbose_name="检查清单"
    )
    position = models.PositiveIntegerField("排序", default=100)

    class Meta:
        verbose_name = verbose_name_plural = "服务事项"
        ordering = ["position", "code"]
        constraints = [
            models.CheckConstraint(
                condition=Q(element__in=[*Element.values]), name="service_element_known"
            ),
            models.CheckConstraint(
                condition=Q(duration_min__gt=0, duration_min__lte=24 * 60),
                name="service_duration_sane",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Promise(models.Model):
    """How soon a service is promised in a class of areas (服务承诺). No service means any."""

    class Step(models.TextChoices):
        """What the promise is about."""

        FIRST_RESPONSE = "first_response", "首次响应"
        ON_SITE = "on_site", "到达现场"
        RESOLVE = "resolve", "办结"

    service = models.ForeignKey(
        Service, models.CASCADE, null=True, blank=True, verbose_name="服务事项"
    )
    area_class = models.CharField("服务半径类别", max_length=8, choices=AREA_CLASS_CHOICES)
    step = models.CharField("环节", max_length=16, choices=Step.choices)
    amount = models.PositiveIntegerField("数值")
    unit = models.CharField(
        "单位", max_length=16, choices=[(unit.value, unit.value) for unit in TimeUnit]
    )
    source = models.CharField("依据", max_length=200, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "服务承诺"
        constraints = [
            models.UniqueConstraint(
                fields=["service", "area_class", "step"], name="promise_once_per_service"
            ),
            models.UniqueConstraint(
                fields=["area_class", "step"],
                condition=Q(service=None),
                name="promise_once_in_general",
            ),
            models.CheckConstraint(condition=Q(amount__gt=0), name="promise_positive"),
            models.CheckConstraint(
                condition=Q(unit__in=[unit.value for unit in TimeUnit]), name="promise_unit_known"
            ),
        ]

    def __str__(self) -> str:
        return (
            f"{self.service or '任何事项'} {self.area_class} {self.step} {self.amount} {self.unit}"
        )


class HazardClass(models.TextChoices):
    """How grave a hazard is (隐患等级)."""

    GENERAL = "general", "一般隐患"
    MAJOR = "major", "较大隐患"
    GRAVE = "grave", "重大隐患"


class Party(models.TextChoices):
    """Who has to put a hazard right (整改责任方)."""

    CUSTOMER = "customer", "客户"
    US = "us", "供电单位"
    VILLAGE = "village", "村（社区）"
    GOVERNMENT = "government", "政府部门"


class Checklist(models.Model):
    """What is looked at in one kind of place (检查清单)."""

    code = models.CharField("清单编码", max_length=24, unique=True)
    name = models.CharField("名称", max_length=40)
    place = models.CharField("场所", max_length=20)
    position = models.PositiveIntegerField("排序", default=100)

    class Meta:
        verbose_name = verbose_name_plural = "检查清单"
        ordering = ["position", "code"]

    def __str__(self) -> str:
        return self.name


class ChecklistVersion(models.Model):
    """A checklist as it was in force from one time on (清单版本). Never changed."""

    checklist = models.ForeignKey(
        Checklist, models.PROTECT, related_name="versions", verbose_name="检查清单"
    )
    number = models.PositiveIntegerField("版本")
    edition = models.CharField("版本说明", max_length=40)
    is_shipped = models.BooleanField("随产品提供", default=False)

    class Meta:
        verbose_name = verbose_name_plural = "清单版本"
        ordering = ["checklist", "number"]
        constraints = [
            models.UniqueConstraint(
                fields=["checklist", "number"], name="checklist_version_number_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.checklist} 第 {self.number} 版"


class ChecklistItem(models.Model):
    """One thing to look at, and what follows when it is not right (检查项)."""

    class Kind(models.TextChoices):
        """How it is answered."""

        CHECK = "check", "合格与否"
        NUMBER = "number", "数值"

    version = models.ForeignKey(
        ChecklistVersion, models.PROTECT, related_name="items", verbose_name="清单版本"
    )
    position = models.PositiveIntegerField("顺序")
    code = models.CharField("项目编码", max_length=12)
    wording = models.CharField("检查内容", max_length=120)
    kind = models.CharField("填写方式", max_length=8, choices=Kind.choices, default=Kind.CHECK)
    needs_photo = models.BooleanField("必须拍照", default=False)
    unit = models.CharField("单位", max_length=8, blank=True)
    least = models.FloatField("合格下限", null=True, blank=True)
    most = models.FloatField("合格上限", null=True, blank=True)
    hazard_class = models.CharField("不合格时的隐患等级", max_length=8, choices=HazardClass.choices)
    deadline_days = models.PositiveIntegerField("整改期限（天）")
    party = models.CharField("通常的责任方", max_length=12, choices=Party.choices)
    basis = models.CharField("依据", max_length=120, blank=True)
    advice = models.CharField("整改要求", max_length=120, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "检查项"
        ordering = ["version", "position"]
        constraints = [
            models.UniqueConstraint(fields=["version", "code"], name="checklist_item_code_once"),
            models.CheckConstraint(
                condition=Q(kind="check")
                | Q(kind="number", least__isnull=False, most__gte=models.F("least")),
                name="checklist_item_number_has_range",
            ),
            models.CheckConstraint(
                condition=Q(hazard_class__in=HazardClass.values, party__in=Party.values),
                name="checklist_item_class_and_party_known",
            ),
            models.CheckConstraint(
                condition=Q(deadline_days__range=(1, 366)), name="checklist_item_deadline_sane"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.wording}"


class CalendarDay(models.Model):
    """A day that departs from the plain week (节假日与调休)."""

    class Kind(models.TextChoices):
        """In which direction."""

        HOLIDAY = "holiday", "放假"
        MAKE_UP = "make_up", "调休上班"

    on = models.DateField("日期", unique=True)
    kind = models.CharField("类别", max_length=8, choices=Kind.choices)
    name = models.CharField("名称", max_length=40, blank=True)
    version = models.CharField("版本", max_length=40)

    class Meta:
        verbose_name = verbose_name_plural = "节假日与调休"
        ordering = ["on"]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=["holiday", "make_up"]), name="calendar_day_kind_known"
            )
        ]

    def __str__(self) -> str:
        return f"{self.on} {self.kind}"


class LexiconVersion(models.Model):
    """The words of triage as an installation changed them, once (词库版本). Never changed.

    The shipped lexicon is number 0. Each version holds all that differs from what is shipped, so
    that any may come back, and a newer program keeps what was changed here.
    """

    number = models.PositiveIntegerField("版本", unique=True)
    at = models.DateTimeField("时间")
    by_id = models.CharField("操作者编号", max_length=64)
    by_name = models.CharField("操作者", max_length=64)
    reason = models.CharField("原因", max_length=200)
    returns_to = models.PositiveIntegerField("恢复自", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "词库版本"
        ordering = ["-number"]
        constraints = [
            models.CheckConstraint(condition=Q(number__gt=0), name="lexicon_version_positive"),
            models.CheckConstraint(
                condition=Q(returns_to=None) | Q(returns_to__lt=models.F("number")),
                name="lexicon_returns_to_earlier",
            ),
        ]

    def __str__(self) -> str:
        return f"第 {self.number} 版"


class WordChange(models.Model):
    """A word that a version adds to the shipped lexicon, or takes out of it (词语改动)."""

    version = models.ForeignKey(
        LexiconVersion, models.PROTECT, related_name="changes", verbose_name="词库版本"
    )
    section = models.CharField("栏目", max_length=16)
    kind = models.CharField("类别", max_length=16, blank=True)
    word = models.CharField("词语", max_length=20)
    meant = models.CharField("原意", max_length=20, blank=True)
    is_removed = models.BooleanField("移出", default=False)

    class Meta:
        verbose_name = verbose_name_plural = "词语改动"
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["version", "section", "kind", "word"], name="word_change_once"
            )
        ]

    def __str__(self) -> str:
        return f"{'－' if self.is_removed else '＋'}{self.word}"
