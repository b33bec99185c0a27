"""``dianliang import``: set up a county from Excel files."""

import argparse
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from dianliang.cli.clock import now
from dianliang.cli.operator import operator
from dianliang.flows import importing
from dianliang.kernel.errors import DomainError

TABLES = (
    "areas",
    "units",
    "customers",
    "special",
    "feeders",
    "transformers",
    "holidays",
    "charges",
    "renewals",
    "rules",
)
ASKED = "、".join(f"--{name}" for name in TABLES)


class Command(BaseCommand):
    """Write templates, or import filled-in files: all rows or none."""

    help = f"导入一个县：--template 写出模板；{ASKED} 导入填好的表。"

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """Declare options."""
        parser.add_argument("--template", type=Path, metavar="目录", help="写出空白模板")
        parser.add_argument("--areas", type=Path, metavar="文件", help="区域表")
        parser.add_argument("--units", type=Path, metavar="文件", help="单位、人员与队伍表")
        parser.add_argument("--customers", type=Path, metavar="文件", help="客户表")
        parser.add_argument("--special", type=Path, metavar="文件", help="特殊客户表")
        parser.add_argument("--feeders", type=Path, metavar="文件", help="线路表")
        parser.add_argument("--transformers", type=Path, metavar="文件", help="变压器表")
        parser.add_argument("--holidays", type=Path, metavar="文件", help="一年的节假日与调休表")
        parser.add_argument("--charges", type=Path, metavar="文件", help="责任区表（模板见控制台）")
        parser.add_argument("--renewals", type=Path, metavar="文件", help="千村改造表（同上）")
        parser.add_argument("--rules", type=Path, metavar="文件", help="派单规则表，导入为草稿")
        parser.add_argument("--check", action="store_true", help="只检查，不写入")
        parser.add_argument("--calendar", action="store_true", help="更新节假日与服务目录")

    def handle(self, *, template: Path | None, calendar: bool, check: bool, **options: Any) -> None:
        """Do what was asked for; print errors row by row and exit 1."""
        if template is not None:
            template.mkdir(parents=True, exist_ok=True)
            for name, content in importing.templates().items():
                (template / name).write_bytes(content)
                self.stdout.write(f"已写出 {template / name}")
            return
        paths = {name: options[name] for name in TABLES}
        if not calendar and not any(paths.values()):
            raise CommandError(f"请给出 --template 目录，或 {ASKED} 文件。")
        try:
            contents = {name: path.read_bytes() if path else None for name, path in paths.items()}
            done = importing.import_county(
                **contents,
                by=operator(),
                at=now(),
                only_check=check,
            )
        except (DomainError, OSError) as refusal:
            raise CommandError(str(refusal)) from refusal
        self.stdout.write(
            f"{'检查通过，可以导入' if check else '已导入'}："
            f"区域 {done.areas}，单位 {done.units}，队伍 {done.teams}，"
            f"人员 {done.people}，客户 {done.customers}，特殊客户 {done.special}，"
            f"线路 {done.feeders}，变压器 {done.transformers}，节假日与调休 {done.days} 天，"
            f"责任区 {done.charges}，千村改造 {done.renewals}，派单规则 {done.rules} 条"
        )
        if done.rules and not check:
            self.stdout.write("派单规则进了草稿：请到“派单规则”页试算、看过提示后生效。")
