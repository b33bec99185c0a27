"""``dianliang ledger verify``: prove that the books agree with themselves."""

import argparse
from typing import Any

from django.core.management.base import BaseCommand

from dianliang.cli.clock import now
from dianliang.cli.operator import operator
from dianliang.flows.ledgers import balances


class Command(BaseCommand):
    """Check every entry and balance; exit 1 when something does not agree."""

    help = "账本：verify 逐笔核对分录、余额和每月发生额。"

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """Declare options."""
        parser.add_argument("verb", choices=["verify"])

    def handle(self, **_: Any) -> None:
        """Print each book with its lines and sum, and what does not agree."""
        verdict = balances.check(by=operator(), at=now())
        for book in verdict.books:
            self.stdout.write(f"{book.name}：分录行 {book.lines}，合计 {book.total}")
        for fault in verdict.faults:
            self.stdout.write(
                f"  {fault.what} {fault.which}：存着 {fault.kept}，分录之和 {fault.found}"
            )
        if not verdict.is_right:
            raise SystemExit(1)
        self.stdout.write("账本一致。")
