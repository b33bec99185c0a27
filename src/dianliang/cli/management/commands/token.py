"""``dianliang token``: give a program a secret of its own, see who has one, take it back."""

import argparse
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.urls import reverse

from dianliang.cli.clock import now
from dianliang.flows import calendars, tokens
from dianliang.kernel.calendar import SHANGHAI
from dianliang.kernel.errors import DomainError

MOST_DAYS = 3660


class Command(BaseCommand):
    """Issue, list or revoke API tokens; show or renew the secret address of a team's calendar."""

    help = "接口令牌：issue 发放（只显示一次），list 列出，revoke 收回；calendar 队伍日历的地址。"

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """Declare options."""
        verbs = parser.add_subparsers(dest="verb", required=True)
        issue = verbs.add_parser("issue", help="发放")
        issue.add_argument("username", help="令牌代表的账号")
        issue.add_argument("name", help="用途，如“微信小程序”")
        issue.add_argument("--days", type=int, default=365, help="有效天数")
        scopes = "、".join(f"{scope}（{label}）" for scope, label in tokens.SCOPES.items())
        issue.add_argument(
            "--scopes", default=",".join(tokens.SCOPES), help=f"权限，逗号分隔：{scopes}"
        )
        verbs.add_parser("list", help="列出")
        revoke = verbs.add_parser("revoke", help="收回")
        revoke.add_argument("username")
        revoke.add_argument("name")
        calendar = verbs.add_parser("calendar", help="一支队伍的日历地址")
        calendar.add_argument("team", help="队伍编码")
        calendar.add_argument("--renew", action="store_true", help="换新地址，旧的随即失效")

    def handle(self, *, verb: str, **asked: Any) -> None:
        """Do it; print the secret, or what there is."""
        at = now()
        try:
            getattr(self, f"_{verb}")(asked, at)
        except DomainError as refusal:
            raise CommandError(refusal.message) from refusal

    def _issue(self, asked: dict[str, Any], at: datetime) -> None:
        if not 1 <= asked["days"] <= MOST_DAYS:
            raise CommandError(f"有效天数应在 1 到 {MOST_DAYS} 之间。")
        until = (at + timedelta(days=asked["days"])).astimezone(SHANGHAI).date()
        scopes = tuple(scope.strip() for scope in asked["scopes"].split(",") if scope.strip())
        secret = tokens.issue(
            username=asked["username"], name=asked["name"], scopes=scopes, expires_on=until, at=at
        )
        self.stdout.write(f"{secret}\n请立即保存，以后不再显示。{until} 起失效。")

    def _list(self, asked: dict[str, Any], at: datetime) -> None:
        del asked
        on = at.astimezone(SHANGHAI).date()
        for row in tokens.issued():
            state = "已收回" if row.is_revoked else "已失效" if row.expires_on <= on else "有效"
            used = f"上次使用 {row.last_used_on}" if row.last_used_on else "没有用过"
            scopes = ",".join(row.scopes)
            self.stdout.write(
                f"{row.username}  {row.name}  {scopes}  {state}（{row.expires_on} 起失效）  {used}"
            )

    def _revoke(self, asked: dict[str, Any], at: datetime) -> None:
        count = tokens.revoke(username=asked["username"], name=asked["name"], at=at)
        self.stdout.write(f"已收回 {count} 个令牌。")

    def _calendar(self, asked: dict[str, Any], at: datetime) -> None:
        found = calendars.team_calendar(team_code=asked["team"], renew=asked["renew"], at=at)
        self.stdout.write(
            f"{settings.PUBLIC_URL}{reverse('api:team_calendar', args=[found.token])}"
        )
        if asked["renew"]:
            self.stdout.write("旧地址已失效，请队员重新订阅。")
