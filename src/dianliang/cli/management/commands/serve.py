"""``dianliang serve``: web and worker for real use."""

import argparse
import os
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand
from django.db import connection
from whitenoise.compress import Compressor

from dianliang.cli import server
from dianliang.core import keys
from dianliang.core.assets import ensure_assets, fingerprint
from dianliang.core.processes import PARENT, hold_home


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
        server.wait_for_port(host, port)
        is_embedded = connection.vendor == "sqlite"
        held = hold_home(settings.HOME) if is_embedded else None
        ensure_assets()
        call_command("migrate", verbosity=0, skip_checks=True)
        keys.require_readable()
        self._collect_static()
        self.stdout.write(f"点亮 Dianliang：http://{host}:{port}/  数据目录 {settings.HOME}")
        self.stdout.write("按 Ctrl-C 停止。")
        try:
            self._run(host, port, processes, is_embedded=is_embedded)
        finally:
            if held is not None:
                held.release()
        self.stdout.write("已停止。")

    def _run(self, host: str, port: int, processes: int, *, is_embedded: bool) -> None:
        if is_embedded:
            server.run(host=host, port=port, processes=1, embedded_worker=True)
            return
        environment = {**os.environ, PARENT: str(os.getpid())}
        command = [sys.executable, "-m", "dianliang.cli", "worker"]
        worker = subprocess.Popen(command, env=environment)  # noqa: S603 (ourselves)
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
            _compress(settings.STATIC_ROOT)
            stamp.write_text(source)


def _compress(folder: Path) -> None:
    """Lay a compressed file beside each script and sheet, for phones on a slow network."""
    compressor = Compressor(use_brotli=False, quiet=True)
    for path in sorted(folder.rglob("*")):
        if path.is_file() and compressor.should_compress(path.name):
            compressor.compress(str(path))
