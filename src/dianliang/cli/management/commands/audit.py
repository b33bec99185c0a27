"""``dianliang audit verify``: prove that the trail is whole."""

import argparse
from typing import Any

from django.core.management.base import BaseCommand

from dianliang.cli.clock import now
from dianliang.core import seal


class Command(BaseCommand):
    """Seal or verify the audit trail; exit 1 when the chain is broken."""

    help = "审计链：verify 校验，seal 立即封印已沉淀的事件。"

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """Declare options."""
        parser.add_argument("verb", choices=["verify", "seal"])
        parser.add_argument("--head", default="", metavar="链头", help="上次校验时记下的链头")

    def handle(self, *, verb: str, head: str, **_: Any) -> None:
        """Print what was sealed, or what the chain says."""
        if verb == "seal":
            added = seal.seal_settled(at=now())
            self.stdout.write(f"新增封印 {added} 个")
            return
        verdict = seal.verify(head=head)
        self.stdout.write(
            f"封印 {verdict.seals} 个，已封事件 {verdict.sealed_events} 条，"
            f"待封 {verdict.unsealed_events} 条"
        )
        for line in verdict.breaks:
            self.stdout.write(f"  {line}")
        if not verdict.is_sound:
            raise SystemExit(1)
        self.stdout.write(f"审计链完整。链头 {verdict.head or '（还没有封印）'}，请抄录在别处。")
