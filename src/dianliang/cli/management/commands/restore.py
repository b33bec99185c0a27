"""``dianliang restore``: bring a backup back into an empty home."""

import argparse
import json
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import connection

from dianliang.cli.clock import now
from dianliang.cli.management.commands.backup import ELSEWHERE
from dianliang.cli.operator import operator
from dianliang.core import audit, backup, home, keys


class Command(BaseCommand):
    """Restore a backup; exit 1 and leave nothing when it cannot be used."""

    help = "把备份恢复到空的数据目录；--secrets 给出备份时的密钥文件。"
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """Declare options."""
        parser.add_argument("file", type=Path, metavar="文件", help="backup 写出的文件")
        parser.add_argument("--secrets", type=Path, metavar="文件", help="当时的 secrets.json")

    def handle(self, *, file: Path, secrets: Path | None, **_: Any) -> None:
        """Bring the copy back, check that the keys fit, and record it."""
        if connection.vendor != "sqlite":
            raise CommandError(ELSEWHERE)
        database = Path(settings.DATABASES["default"]["NAME"])
        copied = backup.bring_back(home=settings.HOME, database=database, source=file)
        if secrets is not None:
            self._take_secrets(secrets)
        keys.require_readable()
        audit.record_about(
            "backup.restore",
            target_type="backup",
            target_id=copied.sha256,
            by=operator(),
            at=now(),
        )
        self.stdout.write(
            f"已恢复：附件 {copied.uploads} 个，电表曲线文件 {copied.curves} 个，密钥与数据库配套。"
            "可以 serve 了。"
        )

    def _take_secrets(self, path: Path) -> None:
        try:
            loaded = home.checked(json.loads(path.read_text(encoding="utf-8")))
        except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
            raise CommandError(f"{path} 不是完好的密钥文件。") from error
        home.rewrite_secrets(settings.SECRETS_FILE, loaded)
        settings.FIELD_KEYS = loaded["field_keys"]
        settings.FIELD_KEY_CURRENT = loaded["field_key_current"]
