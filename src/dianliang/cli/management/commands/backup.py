"""``dianliang backup``: a copy of everything but the keys, while the service runs."""

import argparse
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import connection

from dianliang.cli.clock import now
from dianliang.cli.operator import operator
from dianliang.core import audit, backup

ELSEWHERE = (
    "数据库是 PostgreSQL：请用 pg_dump 备份数据库，"
    "并另行复制数据目录里的 files、curves 和密钥文件。"
)


class Command(BaseCommand):
    """Write a backup file; exit 1 when it could not be made."""

    help = "在线备份数据库、附件与电表曲线到一个文件；密钥文件请另行保管。"
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """Declare options."""
        parser.add_argument("file", type=Path, metavar="文件", help="如 /backup/点亮-1124.tar")

    def handle(self, *, file: Path, **_: Any) -> None:
        """Copy, record and say what was copied."""
        if connection.vendor != "sqlite":
            raise CommandError(ELSEWHERE)
        at = now()
        database = Path(settings.DATABASES["default"]["NAME"])
        copied = backup.keep(home=settings.HOME, database=database, to=file, at=at)
        audit.record_about(
            "backup.keep", target_type="backup", target_id=copied.sha256, by=operator(), at=at
        )
        self.stdout.write(
            f"已备份到 {file}：数据库 {copied.database_bytes / 1e6:.1f} MB，"
            f"附件 {copied.uploads} 个，电表曲线文件 {copied.curves} 个。\n"
            f"密钥文件 {settings.SECRETS_FILE} 不在其中，请另行保管，恢复时需要它。"
        )
