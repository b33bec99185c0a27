"""Look an installation over and say in plain words what is wrong and what to do."""

import os
import shutil
import sqlite3
import stat
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from pathlib import Path
from urllib.parse import urlsplit

from django.conf import settings
from django.db import DatabaseError, connection
from django.http.request import validate_host

from dianliang.core import health, keys, seal
from dianliang.core.assets import DIST
from dianliang.core.fields import blind_index
from dianliang.core.models import AuditEvent, AuditSeal, BackgroundJob
from dianliang.domain.catalog.models import Service
from dianliang.domain.catalog.queries import unannounced_year
from dianliang.domain.customers.models import Customer
from dianliang.domain.directory.models import RoleAssignment, Unit
from dianliang.domain.territory.models import Area
from dianliang.domain.territory.queries import road_table
from dianliang.flows.planning import roads
from dianliang.kernel.actor import Role
from dianliang.kernel.calendar import SHANGHAI
from dianliang.kernel.errors import DomainError

SAFE_SQLITE = (3, 51, 3)
"""First version without the WAL-reset corruption."""
LEAST_FREE_BYTES = 2 * 1024**3
LEAST_POSTGRESQL = 150000
FULL = 2
"""SQLite's number for ``synchronous=FULL``."""
RELEASED_YEAR = 2026
PATIENCE = timedelta(minutes=2)
"""Longer than a lease and a busy minute."""
SEALED_WITHIN = timedelta(minutes=15)
"""Events settle for ten minutes; the worker seals once a minute."""
NEWEST_SEALS = 20
STRUCTURE = "数据库结构"


class Severity(StrEnum):
    """How bad it is."""

    FINE = "正常"
    ADVICE = "建议"
    WRONG = "有误"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at: how it stands, and what to do if it does not."""

    severity: Severity
    subject: str
    words: str


def examine(*, at: datetime) -> tuple[Finding, ...]:
    """Look at everything that can be looked at without changing anything."""
    findings = [*_home(), *_clock(at=at), *_address(), *_static()]
    try:
        connection.ensure_connection()
        findings += [*_engine(), *_structure()]
        if any(f.subject == STRUCTURE and f.severity is Severity.WRONG for f in findings):
            return tuple(findings)
        findings += [*_keys(), *_content(at=at), *_roads(at=at)]
        findings += [*_queue(at=at), *_trail(at=at)]
    except DatabaseError as error:
        findings.append(Finding(Severity.WRONG, "数据库", _why_not(error)))
    return tuple(findings)


def _why_not(error: DatabaseError) -> str:
    if connection.vendor == "sqlite":
        path = settings.DATABASES["default"]["NAME"]
        return f"打不开 {path}：{error}。请检查文件权限，或从备份恢复。"
    first = str(error).strip().splitlines()[0]
    return f"连不上 PostgreSQL：{first}。请检查 DIANLIANG_DATABASE 的地址、库名、密码和数据库服务。"


def _home() -> Iterator[Finding]:
    home = Path(settings.HOME)
    if not os.access(home, os.W_OK):
        yield Finding(Severity.WRONG, "数据目录", f"{home} 不可写。请改正目录权限。")
    elif stat.S_IMODE(home.stat().st_mode) & 0o007:
        words = f"{home} 可被本机其他账号进入。请执行 chmod 750 {home}。"
        yield Finding(Severity.WRONG, "数据目录", words)
    else:
        yield Finding(Severity.FINE, "数据目录", str(home))
    free = shutil.disk_usage(home).free
    if free < LEAST_FREE_BYTES:
        words = f"剩余空间只有 {free / 1024**3:.1f} GB，至少应留 2 GB。请清理或扩容。"
        yield Finding(Severity.WRONG, "磁盘", words)
    else:
        yield Finding(Severity.FINE, "磁盘", f"剩余 {free / 1024**3:.0f} GB")
    secrets_file = Path(settings.SECRETS_FILE)
    if stat.S_IMODE(secrets_file.stat().st_mode) & 0o077:
        words = f"{secrets_file} 可被他人读取。请执行 chmod 600 {secrets_file}。"
        yield Finding(Severity.WRONG, "密钥文件", words)
    else:
        yield Finding(
            Severity.FINE, "密钥文件", "仅所有者可读。请另行备份：丢失后加密字段无法恢复。"
        )


def _clock(*, at: datetime) -> Iterator[Finding]:
    local = at.astimezone(SHANGHAI)
    if local.year < RELEASED_YEAR:
        words = (
            f"本机时间是 {local:%Y-%m-%d}，早于本软件发布。时限和审计都会错，请校准时钟（NTP）。"
        )
        yield Finding(Severity.WRONG, "时钟", words)
        return
    newest = datetime.fromtimestamp(_newest_write(), tz=UTC)
    if newest > at + PATIENCE:
        words = f"北京时间 {local:%Y-%m-%d %H:%M} 比数据目录里最新的文件还早。请校准时钟（NTP）。"
        yield Finding(Severity.WRONG, "时钟", words)
        return
    yield Finding(Severity.FINE, "时钟", f"{local:%Y-%m-%d %H:%M}（北京时间）")


def _newest_write() -> float:
    return max(path.stat().st_mtime for path in (settings.HOME, *Path(settings.HOME).iterdir()))


def _address() -> Iterator[Finding]:
    parts = urlsplit(settings.PUBLIC_URL)
    host = parts.hostname or ""
    if parts.scheme not in {"http", "https"} or not host:
        words = f"DIANLIANG_URL 应形如 https://dl.example.cn，现为“{settings.PUBLIC_URL}”。"
        yield Finding(Severity.WRONG, "访问地址", words)
    elif "*" in settings.ALLOWED_HOSTS:
        words = "DIANLIANG_HOSTS 含 *，任何人可以冒充域名。请写明域名。"
        yield Finding(Severity.WRONG, "访问地址", words)
    elif not validate_host(host, settings.ALLOWED_HOSTS):
        words = f"DIANLIANG_URL 的域名 {host} 不在 DIANLIANG_HOSTS 中，网页会打不开。请加上它。"
        yield Finding(Severity.WRONG, "访问地址", words)
    elif parts.scheme == "https":
        yield Finding(Severity.FINE, "访问地址", settings.PUBLIC_URL)
    else:
        words = "未用 https。对外服务前请设置 DIANLIANG_URL=https://… 并配置反向代理。"
        yield Finding(Severity.ADVICE, "访问地址", words)
    if settings.DEBUG:
        words = "DIANLIANG_DEBUG=1 会把程序内部显示给访客。请去掉。"
        yield Finding(Severity.WRONG, "调试", words)


def _static() -> Iterator[Finding]:
    if not (DIST / "htmx.js").exists():
        words = "前端文件缺失，网页没有样式和地图。请运行 dianliang serve 重新生成。"
        yield Finding(Severity.WRONG, "静态文件", words)
    elif (
        not settings.WHITENOISE_USE_FINDERS
        and not (Path(settings.STATIC_ROOT) / "staticfiles.json").exists()
    ):
        words = "静态文件还没有收集。启动 dianliang serve 时会自动完成。"
        yield Finding(Severity.ADVICE, "静态文件", words)
    else:
        yield Finding(Severity.FINE, "静态文件", "齐全")


def _engine() -> Iterator[Finding]:
    if connection.vendor == "sqlite":
        yield _sqlite()
        with connection.cursor() as cursor:
            mode = cursor.execute("PRAGMA journal_mode").fetchone()[0]
            synchronous = cursor.execute("PRAGMA synchronous").fetchone()[0]
        if (mode, synchronous) == ("wal", FULL):
            yield Finding(Severity.FINE, "SQLite 设置", "WAL，每次提交落盘")
        else:
            words = (
                f"journal_mode={mode}、synchronous={synchronous}，断电可能丢数据。"
                f"数据目录请放在本地磁盘，不要放网络共享。"
            )
            yield Finding(Severity.WRONG, "SQLite 设置", words)
        return
    with connection.cursor() as cursor:
        cursor.execute("SHOW server_version_num")
        version = int(cursor.fetchone()[0])
    is_old = version < LEAST_POSTGRESQL
    yield Finding(
        Severity.WRONG if is_old else Severity.FINE,
        "PostgreSQL",
        f"版本 {version // 10000}" + ("，需要 15 或更新。" if is_old else ""),
    )


def _structure() -> Iterator[Finding]:
    missing = health.missing_migrations()
    if missing:
        words = f"有 {missing} 项结构更新未执行。请运行 dianliang migrate（serve 启动时也会执行）。"
        yield Finding(Severity.WRONG, STRUCTURE, words)
    else:
        yield Finding(Severity.FINE, STRUCTURE, "已是最新")


def _sqlite() -> Finding:
    version = sqlite3.sqlite_version
    if sqlite3.sqlite_version_info >= SAFE_SQLITE:
        return Finding(Severity.FINE, "SQLite", f"版本 {version}")
    words = f"版本 {version} 有已知的 WAL 缺陷，请安装 pysqlite3 0.6.1 或改用 PostgreSQL。"
    return Finding(Severity.ADVICE, "SQLite", words)


def _keys() -> Iterator[Finding]:
    try:
        keys.require_readable()
    except keys.KeysError as refusal:
        yield Finding(Severity.WRONG, "密钥", refusal.message)
        return
    with_account = Customer.objects.exclude(account_index="").first()
    if with_account is not None and with_account.account_index != blind_index(
        with_account.account_number, context="customer.account"
    ):
        words = "检索密钥与数据库不配套，按户号和电话将查不到人。请换回原来的密钥文件。"
        yield Finding(Severity.WRONG, "密钥", words)
        return
    yield Finding(Severity.FINE, "密钥", "与数据库配套")


def _content(*, at: datetime) -> Iterator[Finding]:
    empty: list[tuple[str, Callable[[], bool], str]] = [
        ("区域", Area.objects.exists, "还没有区域。请运行 dianliang import 导入，或先试 demo。"),
        ("单位", Unit.objects.exists, "还没有单位。请运行 dianliang import 导入。"),
        ("服务事项", Service.objects.exists, "服务目录是空的。请运行 dianliang import 导入。"),
        (
            "管理员",
            RoleAssignment.objects.filter(role=Role.ADMINISTRATOR).exists,
            "没有人具有管理员身份。请运行 dianliang createadmin 登录名。",
        ),
    ]
    for subject, is_there, words in empty:
        if is_there():
            yield Finding(Severity.FINE, subject, "已载入")
        else:
            yield Finding(Severity.ADVICE, subject, words)
    yield _holidays(on=at.astimezone(SHANGHAI).date())


def _holidays(*, on: date) -> Finding:
    year = unannounced_year(on=on)
    if year is None:
        return Finding(Severity.FINE, "节假日", "已载入")
    words = (
        f"{year} 年的节假日与调休安排未载入，时限暂按周末和法定节假日计算。请升级程序后运行 "
        "dianliang import --calendar，或按国务院办公厅通知填表，用 dianliang import --holidays "
        "文件 导入（空白表用 --template 写出）。"
    )
    return Finding(Severity.ADVICE, "节假日", words)


def _roads(*, at: datetime) -> Iterator[Finding]:
    if not settings.ROADS_URL:
        return
    subject, row = "道路服务", road_table()
    try:
        roads.source_in_use()
    except DomainError as refusal:
        yield Finding(Severity.WRONG, subject, f"DIANLIANG_ROADS_URL：{refusal.message}")
        return
    if row is None:
        words = "还没有取得道路表。serve 运行后会自动取，也可以运行 dianliang roads。"
        yield Finding(Severity.ADVICE, subject, words)
    elif row.failure:
        words = f"{row.failure}路程暂按{'旧表' if row.made_at else '直线'}计算，每天会再试一次。"
        yield Finding(Severity.ADVICE, subject, words)
    else:
        is_old = roads.is_due(row, at=at)
        words = "道路表待更新，请运行 dianliang roads。" if is_old else f"道路表取自 {row.source}"
        yield Finding(Severity.ADVICE if is_old else Severity.FINE, subject, words)


def _queue(*, at: datetime) -> Iterator[Finding]:
    jobs = BackgroundJob.objects
    failed = jobs.filter(status=BackgroundJob.Status.FAILED).count()
    late = jobs.filter(status=BackgroundJob.Status.QUEUED, run_after__lt=at - PATIENCE).count()
    lost = jobs.filter(status=BackgroundJob.Status.RUNNING, lease_until__lt=at - PATIENCE).count()
    unsealed = AuditEvent.objects.order_by("-id").filter(at__lt=at - SEALED_WITHIN).first()
    sealed = AuditSeal.objects.order_by("-last_id").first()
    is_idle = unsealed is not None and (sealed is None or sealed.last_id < unsealed.pk)
    if late or lost:
        words = f"{late + lost} 项任务没有人做。请确认 serve（PostgreSQL 另有 worker）在运行。"
        yield Finding(Severity.WRONG, "后台任务", words)
    elif is_idle:
        words = "后台没有在运行：审计事件没有按时封印。请启动 dianliang serve。"
        yield Finding(Severity.ADVICE, "后台任务", words)
    elif failed:
        yield Finding(Severity.ADVICE, "后台任务", f"{failed} 项失败，原因见 /admin/。")
    else:
        yield Finding(Severity.FINE, "后台任务", "无积压")


def _trail(*, at: datetime) -> Iterator[Finding]:
    """Verify the newest seals only: all of them is `dianliang audit verify`."""
    verdict = seal.verify(last=NEWEST_SEALS)
    if verdict.is_sound:
        yield Finding(Severity.FINE, "审计链", f"最近 {verdict.seals} 个封印完整")
        return
    words = f"审计链断了：{verdict.breaks[0]}。请保留现场，运行 dianliang audit verify 查看全部。"
    yield Finding(Severity.WRONG, "审计链", words)
