"""Tables of the infrastructure. None of them knows a business word."""

from typing import Any, ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.db import models
from django.db.models import Q


class UserManager(BaseUserManager["User"]):
    """Create accounts."""

    def create_user(self, username: str, password: str | None = None, **fields: Any) -> "User":
        """Create an account; without a password nobody can log in with it."""
        user = self.model(username=username, **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, username: str, password: str | None = None, **fields: Any) -> "User":
        """Create an account that may do everything in the administration pages."""
        return self.create_user(
            username, password, **{**fields, "is_staff": True, "is_superuser": True}
        )


class User(AbstractBaseUser, PermissionsMixin):
    """An account that can log in. What it may do is said by role assignments."""

    username = models.CharField("登录名", max_length=64, unique=True)
    display_name = models.CharField("显示名", max_length=64)
    is_active = models.BooleanField("启用", default=True)
    is_staff = models.BooleanField("可进入后台", default=False)
    is_generated = models.BooleanField("演示数据", default=False)

    objects: ClassVar[UserManager] = UserManager()

    USERNAME_FIELD = "username"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["display_name"]

    class Meta:
        verbose_name = verbose_name_plural = "账号"

    def __str__(self) -> str:
        return self.display_name or self.username


class ApiToken(models.Model):
    """A secret by which a program acts as an account (接口令牌). Only its digest is kept."""

    user = models.ForeignKey(User, models.CASCADE, related_name="api_tokens", verbose_name="账号")
    name = models.CharField("用途", max_length=60)
    digest = models.CharField("摘要", max_length=64, unique=True)
    scopes = models.CharField("权限", max_length=60, default="read post handle plan")
    created_at = models.DateTimeField("发放时间")
    expires_on = models.DateField("失效日期")
    last_used_on = models.DateField("上次使用", null=True, blank=True)
    revoked_at = models.DateTimeField("收回时间", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "接口令牌"

    def __str__(self) -> str:
        return f"{self.user} {self.name}"


class AuditEvent(models.Model):
    """One thing that happened (审计事件). Append-only; no foreign keys, so nothing can erase it."""

    class Outcome(models.TextChoices):
        """How it ended."""

        OK = "ok", "成功"
        DENIED = "denied", "被拒"
        FAILED = "failed", "失败"

    at = models.DateTimeField("时间")
    device_at = models.DateTimeField("设备时间", null=True, blank=True)
    actor_id = models.CharField("操作者编号", max_length=64)
    actor_name = models.CharField("操作者", max_length=64)
    role = models.CharField("身份", max_length=24)
    unit_code = models.CharField("单位", max_length=40, blank=True)
    verb = models.CharField("动作", max_length=80)
    target_type = models.CharField("对象类型", max_length=60)
    target_id = models.CharField("对象编号", max_length=64)
    before = models.CharField("之前", max_length=120, blank=True)
    after = models.CharField("之后", max_length=120, blank=True)
    reason = models.TextField("说明", blank=True)
    outcome = models.CharField("结果", max_length=8, choices=Outcome.choices, default=Outcome.OK)

    class Meta:
        verbose_name = verbose_name_plural = "审计事件"
        indexes = [
            models.Index(fields=["target_type", "target_id", "id"], name="audit_target"),
            models.Index(fields=["at"], name="audit_at"),
            models.Index(fields=["actor_name", "at"], name="audit_actor"),
            models.Index(fields=["role", "at"], name="audit_role"),
            models.Index(fields=["verb", "at"], name="audit_verb"),
            models.Index(fields=["outcome", "at"], name="audit_outcome"),
        ]

    def __str__(self) -> str:
        return f"{self.at:%F %T} {self.actor_name} {self.verb} {self.target_id}"


class AuditSeal(models.Model):
    """A signed link over a batch of audit events (审计封印); chained to the seal before."""

    first_id = models.BigIntegerField("起始事件", unique=True)
    last_id = models.BigIntegerField("终止事件", unique=True)
    sealed_at = models.DateTimeField("封印时间")
    previous_hash = models.CharField("前一封印", max_length=64)
    content_hash = models.CharField("摘要", max_length=64)
    key_id = models.CharField("密钥编号", max_length=16)
    signature = models.CharField("签名", max_length=128)

    class Meta:
        verbose_name = verbose_name_plural = "审计封印"
        constraints = [
            models.CheckConstraint(
                condition=Q(last_id__gte=models.F("first_id")), name="audit_seal_ordered"
            )
        ]

    def __str__(self) -> str:
        return f"{self.first_id}–{self.last_id}"


class IdempotencyRecord(models.Model):
    """What a client-made key was answered with (幂等键)."""

    scope = models.CharField("范围", max_length=60)
    key = models.CharField("键", max_length=80)
    body_hash = models.CharField("内容摘要", max_length=64)
    answer = models.JSONField("答复", default=dict)
    created_at = models.DateTimeField("时间")

    class Meta:
        verbose_name = verbose_name_plural = "幂等键"
        constraints = [models.UniqueConstraint(fields=["scope", "key"], name="idempotency_once")]
        indexes = [models.Index(fields=["created_at"], name="idempotency_age")]

    def __str__(self) -> str:
        return f"{self.scope}:{self.key}"


class Counter(models.Model):
    """The last number given out under a name (编号计数)."""

    name = models.CharField("名称", max_length=40, unique=True)
    value = models.BigIntegerField("当前值", default=0)

    class Meta:
        verbose_name = verbose_name_plural = "编号计数"

    def __str__(self) -> str:
        return f"{self.name}={self.value}"


class ReferenceState(models.Model):
    """The name of the present state of the reference data (参考数据状态): one row, or none."""

    state = models.CharField("状态", max_length=36)

    class Meta:
        verbose_name = verbose_name_plural = "参考数据状态"
        constraints = [models.CheckConstraint(condition=Q(id=1), name="reference_state_is_one_row")]

    def __str__(self) -> str:
        return self.state


class BackgroundJob(models.Model):
    """Work to be done outside a request (后台任务): at least once, under a lease."""

    class Status(models.TextChoices):
        """Where the work stands."""

        QUEUED = "queued", "排队"
        RUNNING = "running", "进行中"
        DONE = "done", "完成"
        FAILED = "failed", "失败"
        CANCELLED = "cancelled", "已取消"

    kind = models.CharField("种类", max_length=60)
    key = models.CharField("去重键", max_length=120, null=True, blank=True, unique=True)
    payload = models.JSONField("参数", default=dict)
    status = models.CharField("状态", max_length=12, choices=Status.choices, default=Status.QUEUED)
    run_after = models.DateTimeField("不早于")
    lease_until = models.DateTimeField("租约到期", null=True, blank=True)
    lease_owner = models.CharField("执行者", max_length=60, blank=True)
    attempts = models.PositiveIntegerField("已试次数", default=0)
    max_attempts = models.PositiveIntegerField("最多次数", default=5)
    progress_share = models.FloatField("进度", default=0.0)
    progress_note = models.CharField("进度说明", max_length=200, blank=True)
    wrap_up_at = models.DateTimeField("要求提前收尾", null=True, blank=True)
    result = models.JSONField("结果", null=True, blank=True)
    error = models.TextField("错误", blank=True)
    created_by = models.CharField("提交者", max_length=64)
    created_at = models.DateTimeField("提交时间")
    started_at = models.DateTimeField("开始时间", null=True, blank=True)
    finished_at = models.DateTimeField("结束时间", null=True, blank=True)
    expected_s = models.PositiveIntegerField("预计秒数", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "后台任务"
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=["queued", "running", "done", "failed", "cancelled"]),
                name="background_job_status_known",
            ),
            models.CheckConstraint(
                condition=Q(progress_share__gte=0, progress_share__lte=1),
                name="background_job_progress_share",
            ),
        ]
        indexes = [models.Index(fields=["status", "run_after"], name="background_job_queue")]

    def __str__(self) -> str:
        return f"{self.kind} #{self.pk}"


class StoredFile(models.Model):
    """A file that was checked and re-encoded before it was kept (附件). Content-addressed."""

    token = models.CharField("公开编号", max_length=40, unique=True)
    sha256 = models.CharField("摘要", max_length=64)
    media_type = models.CharField("类型", max_length=60)
    size_bytes = models.PositiveIntegerField("字节数")
    width_px = models.PositiveIntegerField("宽", null=True, blank=True)
    height_px = models.PositiveIntegerField("高", null=True, blank=True)
    created_at = models.DateTimeField("时间")

    class Meta:
        verbose_name = verbose_name_plural = "附件"
        indexes = [models.Index(fields=["sha256"], name="stored_file_content")]

    def __str__(self) -> str:
        return self.token


class RateWindow(models.Model):
    """How often a source did something in a span of time (频次)."""

    key = models.CharField("键", max_length=120, unique=True)
    count = models.PositiveIntegerField("次数", default=0)
    ends_at = models.DateTimeField("截止", db_index=True)

    class Meta:
        verbose_name = verbose_name_plural = "频次"

    def __str__(self) -> str:
        return f"{self.key} {self.count}"
