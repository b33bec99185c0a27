"""``dianliang roads``: renew the table of roads now."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from dianliang.cli.clock import now
from dianliang.cli.operator import operator
from dianliang.flows.planning import roads
from dianliang.kernel.errors import DomainError


class Command(BaseCommand):
    """Ask the road server for a table and store it; exit 1 with the reason if it gives none."""

    help = "立即向 DIANLIANG_ROADS_URL 所指的道路服务更新村与驻地之间的道路表。"

    def handle(self, **_: Any) -> None:
        """Renew the table and print what came of it."""
        try:
            source = roads.source_in_use()
            if source is None:
                raise CommandError("没有设置 DIANLIANG_ROADS_URL，路程按直线估算。")
            self.stdout.write(roads.refresh(source=source, by=operator(), at=now()))
        except DomainError as refusal:
            raise CommandError(refusal.message) from refusal
