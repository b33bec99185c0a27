"""``dianliang retention``: erase personal details whose time is over."""

import argparse
from datetime import datetime, time
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from dianliang.cli.clock import now
from dianliang.cli.operator import operator
from dianliang.flows import privacy
from dianliang.kernel.calendar import SHANGHAI
from dianliang.kernel.periods import years_before


class Command(BaseCommand):
    """Erase the personal part of needs that ended long ago; figures and the trail stay."""

    help = "清除办结超过若干年的需求中的个人信息；--dry-run 只看有多少。"

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """Declare options."""
        parser.add_argument("--years", type=int, default=3, metavar="年数", help="默认 3 年")
        parser.add_argument("--dry-run", action="store_true", help="只统计，不删除")

    def handle(self, *, years: int, dry_run: bool, **_: Any) -> None:
        """Erase, or count."""
        if not 1 <= years <= 50:
            raise CommandError("年数应在 1 到 50 之间。")
        at = now()
        day = years_before(at.astimezone(SHANGHAI).date(), years)
        before = datetime.combine(day, time(), SHANGHAI)
        done = privacy.expire(before=before, dry_run=dry_run, by=operator(), at=at)
        verb = "将清除" if dry_run else "已清除"
        self.stdout.write(
            f"{verb} {day} 以前办结的需求 {done.needs} 条、"
            f"诉求人 {done.participations} 位的个人信息。"
        )
