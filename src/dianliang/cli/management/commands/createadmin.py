"""``dianliang createadmin``: the first administrator, or a new password for one."""

import argparse
import getpass
import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from dianliang.cli.clock import now
from dianliang.cli.operator import operator
from dianliang.flows import accounts


class Command(BaseCommand):
    """Ask for a password twice, or read it from a pipe, and open the account."""

    help = "建立管理员账号；账号已存在时授予管理员身份并重设密码。"

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """Declare options."""
        parser.add_argument("username", metavar="登录名")
        parser.add_argument("--name", default="", metavar="显示名")

    def handle(self, *, username: str, name: str, **_: Any) -> None:
        """Open the account and say where to log in."""
        is_new = accounts.make_administrator(
            username=username,
            display_name=name,
            password=self._password(),
            by=operator(),
            at=now(),
        )
        done = "已建立管理员" if is_new else "已授予管理员身份并重设密码："
        self.stdout.write(f"{done} {username}。请登录后打开 /admin/。")

    def _password(self) -> str:
        if not sys.stdin.isatty():
            return sys.stdin.readline().rstrip("\n")
        first = getpass.getpass("密码（至少 12 位）：")
        if first != getpass.getpass("再输一次："):
            raise CommandError("两次输入的密码不一样。")
        return first
