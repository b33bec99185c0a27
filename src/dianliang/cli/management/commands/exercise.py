"""``dianliang exercise flood``: a whole flood, dispatched in minutes, beside rules by hand."""

import argparse
import json
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import connection

from dianliang.cli.emptying import throw_away
from dianliang.core.processes import hold_home
from dianliang.flows.demo.logins import PASSWORD
from dianliang.flows.exercise import report, scenario, world
from dianliang.flows.exercise.by_hand import ByHand
from dianliang.flows.exercise.playing import Game
from dianliang.flows.exercise.product import Product
from dianliang.kernel.calendar import SHANGHAI

BEGIN = datetime(2026, 7, 7, 6, 0, tzinfo=SHANGHAI)
MOST = {"teams": (3, 400), "customers": (30, 10_000), "hours": (12, 96), "happenings": (0, 40)}
ASKED = {"teams": "队伍", "customers": "重要客户", "hours": "小时", "happenings": "意外"}


class Command(BaseCommand):
    """Draw the flood, play it twice, print what came of it."""

    help = "防汛演练：三波降雨、随机意外，用平台调度并与手工规则比较；数据另存，不动现有安装。"

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """Declare options."""
        parser.add_argument("what", choices=["flood"], help="演练什么：flood 防汛")
        parser.add_argument("--teams", type=int, default=scenario.TEAMS, help="队伍数")
        parser.add_argument("--customers", type=int, default=scenario.CUSTOMERS, help="重要客户数")
        parser.add_argument("--hours", type=int, default=36, help="演练多少小时")
        parser.add_argument("--happenings", type=int, default=12, help="多少次意外")
        parser.add_argument("--seed", type=int, default=1, help="同一个数得到同一场演练")
        parser.add_argument(
            "--json", dest="keep", type=Path, metavar="文件", help="结果另存为 JSON"
        )

    def handle(self, *, seed: int, keep: Path | None, **asked: Any) -> None:
        """Play and report."""
        for name, (least, most) in MOST.items():
            if not least <= asked[name] <= most:
                raise CommandError(f"{ASKED[name]}应在 {least} 到 {most} 之间（--{name}）。")
        held = hold_home(settings.HOME)
        call_command("migrate", verbosity=0, skip_checks=True)
        if world.is_foreign():
            raise CommandError(
                f"{settings.HOME} 里有别的数据。演练请另用一个数据目录（DIANLIANG_HOME）。"
            )
        self._make_room()
        sizes = {name: asked[name] for name in MOST}
        flood = scenario.draw(**sizes, seed=seed, begin=BEGIN)
        self.stdout.write(
            f"防汛演练：{len(flood.bands)} 支队伍 × {len(flood.works)} 个重要客户，装备 "
            f"{len(flood.gear)} 件，{asked['hours']} 小时三波雨、{len(flood.happenings)} 次意外"
            f"（种子 {seed}）。按压缩时间进行，请稍候。\n"
        )
        desk = Product(world.build(flood))
        played = Game(flood).play(desk)
        product = report.outcome(played, violations=desk.violations)
        by_hand = report.outcome(Game(flood).play(ByHand()))
        undone = report.undone(played, desk)
        self.stdout.write(report.words(product, by_hand, desk, undone))
        if keep:
            self._keep(keep, sizes | {"seed": seed}, product, by_hand, desk, undone)
        held.release()
        self.stdout.write(f"\n{self._measured_elsewhere(sizes | {'seed': seed})}")
        at = f"DIANLIANG_HOME={settings.HOME}"
        at += "" if connection.vendor == "sqlite" else "、DIANLIANG_DATABASE 不变"
        self.stdout.write(
            f"\n演练数据在 {settings.HOME}：{at} dianliang serve，"
            f"用 commander / {PASSWORD} 登录可以看事件 {desk.world.number} 的抢险调度。"
        )
        if product.violations:
            raise CommandError("有违反作息的安排。")

    def _make_room(self) -> None:
        """Throw an earlier exercise away; a PostgreSQL database is its operator's to empty."""
        if connection.vendor == "sqlite":
            throw_away()
        elif world.is_played():
            raise CommandError("DIANLIANG_DATABASE 的库里有上一场演练，请换一个空库。")

    def _measured_elsewhere(self, asked: dict[str, int]) -> str:
        """Say how the same flood is played with plain solvers, which no installation carries."""
        options = " ".join(f"--{name} {value}" for name, value in asked.items())
        return (
            "现成求解器（PyVRP、OR-Tools）每出一次事就整盘重排的，不随安装附带；同一场演练、"
            f"同样算力的比较在源码目录里运行：python -m benchmarks.exercise {options}"
        )

    def _keep(self, path: Path, sizes: dict[str, int], *found: Any) -> None:
        product, by_hand, desk, undone = found
        body = {
            "asked": sizes,
            "product": asdict(product),
            "by_hand": asdict(by_hand),
            "turns": [asdict(turn) for turn in desk.turns],
            "undone": undone,
        }
        text = json.dumps(body, ensure_ascii=False, indent=2, default=str)
        path.write_text(f"{text}\n", encoding="utf-8")
