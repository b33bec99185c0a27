"""``dianliang demo``: a county to try, in one command."""

import argparse
import os
import sys
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError

from dianliang.cli import server
from dianliang.cli.clock import now
from dianliang.cli.emptying import throw_away
from dianliang.core.assets import ensure_assets
from dianliang.core.processes import hold_home
from dianliang.flows.demo import seeding
from dianliang.flows.demo.logins import PASSWORD

PORT = 8000


class Command(BaseCommand):
    """Fill an empty database with the demo county and serve it on this machine."""

    help = "演示：建好安吉县的演示数据并启动服务。"
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """Declare options."""
        parser.add_argument("--host", default="127.0.0.1", help="监听地址")
        parser.add_argument("--port", type=int, help=f"端口；不写时从 {PORT} 起找空闲的")
        parser.add_argument("--fresh", action="store_true", help="删掉旧的演示数据，按今天重建")
        parser.add_argument("--prepare-only", action="store_true", help="只建数据，不启动服务")

    def handle(
        self, *, host: str, port: int | None, fresh: bool, prepare_only: bool, **_: Any
    ) -> None:
        """Prepare what is missing, say where to click, serve."""
        chosen = self._port(host, port)
        held = hold_home(settings.HOME)
        ensure_assets()
        self._prepare(fresh=fresh)
        self._say_where(f"http://{host}:{chosen}")
        if prepare_only:
            held.release()
            return
        self.stdout.write("正在启动，浏览器打开上面的网址即可；按 Ctrl-C 停止。\n")
        address = os.environ.setdefault("DIANLIANG_URL", f"http://{host}:{chosen}")
        # The settings were read before the port was known, and a forked server reads them no more.
        settings.PUBLIC_URL, settings.CSRF_TRUSTED_ORIGINS = address, [address]
        server.run(host=host, port=chosen, processes=1, embedded_worker=True)
        held.release()
        self.stdout.write("已停止。演示数据还在，再次运行会接着用。")

    def _port(self, host: str, port: int | None) -> int:
        """Take the port that was asked for, or the first free one."""
        if port is not None:
            server.wait_for_port(host, port)
            return port
        chosen = server.next_free_port(host, PORT)
        if chosen != PORT:
            self.stdout.write(f"端口 {PORT} 被占用，改用 {chosen}。")
        server.wait_for_port(host, chosen)
        return chosen

    def _prepare(self, *, fresh: bool) -> None:
        at = now()
        call_command("migrate", verbosity=0, skip_checks=True)
        if seeding.is_seeded() and not seeding.is_generated():
            raise CommandError(
                f"{settings.HOME} 里不是演示数据。演示请另用一个数据目录（DIANLIANG_HOME），"
                f"正式使用请运行 dianliang serve。"
            )
        days = seeding.age_days(at=at)
        if fresh or (days > 0 and self._wants_fresh(days)):
            throw_away()
        if not seeding.is_seeded():
            self.stdout.write("正在建立演示数据……")
            seeding.seed_demo(at=at, tell=lambda step: self.stdout.write(f"  {step}"))

    def _wants_fresh(self, days: int) -> bool:
        """Ask whoever sits there; tell whoever does not."""
        words = f"演示数据是 {days} 天前建的，今天没有排好的路线，时限也都过了。"
        if not sys.stdin.isatty():
            self.stdout.write(f"{words}加 --fresh 可按今天重建。")
            return False
        self.stdout.write(words)
        return input("按今天重建吗？您在演示里做过的改动会丢失。[Y/n] ").strip().lower() != "n"

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
