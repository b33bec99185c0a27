"""``dianliang serve``: web and worker for real use."""

import argparse
import subprocess
import sys
from importlib.metadata import version
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand
from django.db import connection

from dianliang.cli import server
from dianliang.core.assets import ensure_assets, fingerprint


class Command(BaseCommand):
    """Serve web and background work; embedded on SQLite, in several processes on PostgreSQL."""

    help = "启动服务（网页与后台任务）。"
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """Declare options."""
        parser.add_argument("--host", default="127.0.0.1", help="监听地址")
        parser.add_argument("--port", type=int, default=8000, help="端口")
        parser.add_argument("--processes", type=int, default=4, help="网页进程数（PostgreSQL）")

    def handle(self, *, host: str, port: int, processes: int, **_: Any) -> None:
        """Bring the database up to date, then serve until stopped."""
        ensure_assets()
        call_command("migrate", verbosity=0, skip_checks=True)
        self._collect_static()
        self.stdout.write(f"点亮 Dianliang：http://{host}:{port}/  数据目录 {settings.HOME}")
        if connection.vendor == "sqlite":
            server.run(host=host, port=port, processes=1, embedded_worker=True)
            return
        worker = subprocess.Popen([sys.executable, "-m", "dianliang.cli", "worker"])
        try:
            server.run(host=host, port=port, processes=processes, embedded_worker=False)
        finally:
            worker.terminate()
            worker.wait()

    def _collect_static(self) -> None:
        """Collect the static files, unless this version's are there already."""
        stamp = settings.STATIC_ROOT / "collected-from.txt"
        source = f"{version('dianliang')} {fingerprint()}"
        if not stamp.exists() or stamp.read_text() != source:
            call_command("collectstatic", interactive=False, verbosity=0)
            stamp.write_text(source)
