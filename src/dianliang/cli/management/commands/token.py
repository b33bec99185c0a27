"""``dianliang token``: give a program a secret of its own, or take it back."""

import argparse
from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from dianliang.flows import tokens
from dianliang.kernel.errors import DomainError


class Command(BaseCommand):
    """Issue or revoke API tokens."""

    help = "接口令牌：issue 发放（只显示一次），revoke 收回。"

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """Declare options."""
        parser.add_argument("verb", choices=["issue", "revoke"])
        parser.add_argument("username", help="令牌代表的账号")
        parser.add_argument("name", help="用途，如“微信小程序”")
        parser.add_argument("--days", type=int, default=365, help="有效天数")

    def handle(self, *, verb: str, username: str, name: str, days: int, **_: Any) -> None:
        """Print the secret, or how many were revoked."""
        at = timezone.now()  # noqa: TID251 (commands read the clock)
        if verb == "revoke":
            count = tokens.revoke(username=username, name=name, at=at)
            self.stdout.write(f"已收回 {count} 个令牌。")
            return
        if not 1 <= days <= 3660:
            raise CommandError("有效天数应在 1 到 3660 之间。")
        until = (at + timedelta(days=days)).date()
        try:
            secret = tokens.issue(username=username, name=name, expires_on=until, at=at)
        except DomainError as refusal:
            raise CommandError(refusal.message) from refusal
        self.stdout.write(f"{secret}\n请立即保存，以后不再显示。有效至 {until}。")
