"""``dianliang personal``: answer a person who asks for his data, or asks us to erase it."""

import argparse
import json
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from dianliang.cli.clock import now
from dianliang.cli.operator import operator
from dianliang.flows import privacy


class Command(BaseCommand):
    """Export or erase what is kept about one person; exit 1 when something is still open."""

    help = "按当事人请求导出（export）或删除（erase）其个人信息；须写明事由，全程留痕。"

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """Declare options."""
        parser.add_argument("verb", choices=["export", "erase"])
        parser.add_argument("--phone", default="", metavar="电话", help="提需求时留的电话")
        parser.add_argument("--customer", default="", metavar="客户编号")
        parser.add_argument("--grant", default="", metavar="发放编号", help="捐赠发放的受益人")
        parser.add_argument("--reason", required=True, metavar="事由", help="如“本人来函”")
        parser.add_argument("--out", type=Path, metavar="文件", help="导出到文件；不写则打印")

    def handle(
        self,
        *,
        verb: str,
        phone: str,
        customer: str,
        grant: str,
        reason: str,
        out: Path | None,
        **_: Any,
    ) -> None:
        """Do it and say what was done."""
        if not (phone or customer or grant):
            raise CommandError("请给出 --phone、--customer 或 --grant。")
        at = now()
        asked: dict[str, Any] = {
            "phone": phone,
            "customer": customer,
            "grant": grant,
            "reason": reason,
            "by": operator(),
            "at": at,
        }
        if verb == "erase":
            done = privacy.erase(**asked)
            self.stdout.write(
                f"已删除：诉求 {done.needs}，参与 {done.participations}，"
                f"客户 {done.customers}，照片 {done.photos}。统计数字与审计记录保留。"
            )
            return
        text = json.dumps(privacy.export(**asked), ensure_ascii=False, indent=2)
        if out is None:
            self.stdout.write(text)
            return
        out.touch(mode=0o600, exist_ok=False)
        out.write_text(text, encoding="utf-8")
        self.stdout.write(f"已导出到 {out}。")
