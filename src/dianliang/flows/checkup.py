"""Look an installation over and say in plain words what is wrong and what to do."""

import os
import shutil
import sqlite3
import stat
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path

from django.conf import settings
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor

from dianliang.core.models import BackgroundJob
from dianliang.domain.catalog.models import CalendarDay, Service
from dianliang.domain.directory.models import RoleAssignment, Unit
from dianliang.domain.territory.models import Area
from dianliang.kernel.actor import Role

SAFE_SQLITE = (3, 51, 3)
"""First version without the WAL-reset corruption."""
LEAST_FREE_BYTES = 2 * 1024**3
LEAST_POSTGRESQL = 150000


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
    findings = [*_home(), *_address()]
    try:
        findings += _database()
    except DatabaseError as error:
        words = f"连不上数据库：{error}。请检查 DIANLIANG_DATABASE 和数据库服务。"
        return (*findings, Finding(Severity.WRONG, "数据库", words))
    if any(f.subject == "数据库结构" and f.severity is Severity.WRONG for f in findings):
        return tuple(findings)
    return (*findings, *_content(at=at), *_queue(at=at))


def _home() -> Iterator[Finding]:
    home = Path(settings.HOME)
    if not os.access(home, os.W_OK):
        yield Finding(Severity.WRONG, "数据目录", f"{home} 不可写。请改正目录权限。")
    free = shutil.disk_usage(home).free
    if free < LEAST_FREE_BYTES:
        words = f"剩余空间只有 {free / 1024**3:.1f} GB，至少应留 2 GB。"
        yield Finding(Severity.WRONG, "磁盘", words)
    else:
        yield Finding(Severity.FINE, "磁盘", f"剩余 {free / 1024**3:.0f} GB")
    secrets_file = Path(os.environ.get("DIANLIANG_SECRETS") or home / "secrets.json")
    if stat.S_IMODE(secrets_file.stat().st_mode) & 0o077:
        words = f"{secrets_file} 可被他人读取。请执行 chmod 600。"
        yield Finding(Severity.WRONG, "密钥文件", words)
    else:
        yield Finding(
            Severity.FINE, "密钥文件", "仅所有者可读。请另行备份：丢失后加密字段无法恢复。"
        )


def _address() -> Iterator[Finding]:
    if settings.PUBLIC_URL.startswith("https://"):
        yield Finding(Severity.FINE, "访问地址", settings.PUBLIC_URL)
        return
    words = "未用 https。对外服务前请设置 DIANLIANG_URL=https://… 并配置反向代理。"
    yield Finding(Severity.ADVICE, "访问地址", words)


def _database() -> Iterator[Finding]:
    connection.ensure_connection()
    if connection.vendor == "sqlite":
        yield _sqlite()
    else:
        with connection.cursor() as cursor:
            cursor.execute("SHOW server_version_num")
            version = int(cursor.fetchone()[0])
        is_old = version < LEAST_POSTGRESQL
        yield Finding(
            Severity.WRONG if is_old else Severity.FINE,
            "PostgreSQL",
            f"版本 {version // 10000}" + ("，需要 15 或更新。" if is_old else ""),
        )
    executor = MigrationExecutor(connection)
    missing = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if missing:
        words = f"有 {len(missing)} 项结构更新未执行。请运行 dianliang migrate。"
        yield Finding(Severity.WRONG, "数据库结构", words)
    else:
        yield Finding(Severity.FINE, "数据库结构", "已是最新")


def _sqlite() -> Finding:
    version = sqlite3.sqlite_version
    if sqlite3.sqlite_version_info >= SAFE_SQLITE:
        return Finding(Severity.FINE, "SQLite", f"版本 {version}")
    words = f"版本 {version} 有已知的 WAL 缺陷，请安装 pysqlite3 0.6.1 或改用 PostgreSQL。"
    return Finding(Severity.ADVICE, "SQLite", words)


def _content(*, at: datetime) -> Iterator[Finding]:
    empty: list[tuple[str, Callable[[], bool], str]] = [
        ("区域", Area.objects.exists, "还没有区域。请运行 dianliang import 导入，或先试 demo。"),
        ("单位", Unit.objects.exists, "还没有单位。请运行 dianliang import 导入。"),
        ("服务事项", Service.objects.exists, "服务目录是空的。请运行 dianliang import 导入。"),
        (
            "管理员",
            RoleAssignment.objects.filter(role=Role.ADMINISTRATOR).exists,
            "没有人具有管理员身份。请运行 dianliang createsuperuser 后在后台授权。",
        ),
        (
            "节假日",
            CalendarDay.objects.filter(on__year=at.year).exists,
            f"{at.year} 年的节假日未载入，时限将按普通工作周计算。",
        ),
    ]
    for subject, is_there, words in empty:
        if is_there():
            yield Finding(Severity.FINE, subject, "已载入")
        else:
            yield Finding(Severity.ADVICE, subject, words)


def _queue(*, at: datetime) -> Iterator[Finding]:
    failed = BackgroundJob.objects.filter(status=BackgroundJob.Status.FAILED).count()
    late = BackgroundJob.objects.filter(
        status=BackgroundJob.Status.QUEUED, run_after__lt=at
    ).count()
    if failed:
        yield Finding(Severity.ADVICE, "后台任务", f"{failed} 项失败，详见后台管理。")
    elif late:
        words = f"{late} 项等待执行。若长时间不减少，请确认 serve 或 worker 在运行。"
        yield Finding(Severity.ADVICE, "后台任务", words)
    else:
        yield Finding(Severity.FINE, "后台任务", "无积压")
