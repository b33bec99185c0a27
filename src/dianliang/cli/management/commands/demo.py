"""``dianliang demo``: a county to try, in one command."""

import argparse
import os
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand
from django.utils import timezone

from dianliang.cli import server
from dianliang.core.assets import ensure_assets
from dianliang.flows.demo import seeding
from dianliang.flows.demo.county import PASSWORD


class Command(BaseCommand):
    """Fill an empty database with the demo county and serve it on this machine."""

    help = "演示：建好安吉县的演示数据并启动服务。"
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """Declare options."""
        parser.add_argument("--host", default="127.0.0.1", help="监听地址")
        parser.add_argument("--port", type=int, default=8000, help="端口")
        parser.add_argument("--prepare-only", action="store_true", help="只建数据，不启动服务")

    def handle(self, *, host: str, port: int, prepare_only: bool, **_: Any) -> None:
        """Prepare what is missing, say where to click, serve."""
        ensure_assets()
        call_command("migrate", verbosity=0, skip_checks=True)
        if not seeding.is_seeded():
            self.stdout.write("正在建立演示数据……")
            seeding.seed_demo(
                at=timezone.now(),  # noqa: TID251
                tell=lambda step: self.stdout.write(f"  {step}"),
            )
        self._say_where(f"http://{host}:{port}")
        if not prepare_only:
            os.environ.setdefault("DIANLIANG_URL", f"http://{host}:{port}")
            server.run(host=host, port=port, processes=1, embedded_worker=True)

    def _say_where(self, url: str) -> None:
        self.stdout.write(
            "\n".join(
                (
                    "",
                    "点亮 Dianliang · 安吉县演示（地名真实，人员与需求均为生成）",
                    f"  居民提需求   {url}/",
                    f"  调度台       {url}/console/      登录名 dispatcher",
                    f"  电管家手机端 {url}/field/        登录名 steward、captain",
                    f"  看板         {url}/board/        登录名 party",
                    "  其他登录名   station water steward2 commander auditor admin",
                    f"  密码         {PASSWORD}",
                    "",
                )
            )
        )
