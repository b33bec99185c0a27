"""``dianliang learn``: have triage learn from what people decided, now and here."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from dianliang.cli.clock import now
from dianliang.cli.operator import operator
from dianliang.flows import learning
from dianliang.kernel.errors import DomainError


class Command(BaseCommand):
    """Learn, compare with the model in use, and use the new one if it is not worse."""

    help = "从人工确认的事项中学习，与现用的比较，不变差才启用；平时夜里自动进行。"

    def handle(self, **_: Any) -> None:
        """Learn and say what came of it."""
        try:
            row = learning.learn(by=operator(), at=now())
        except DomainError as refusal:
            raise CommandError(refusal.message) from refusal
        found = row.figures["all"]
        self.stdout.write(
            f"第 {row.pk} 次学习：{row.get_status_display()}"
            f"，学自 {row.decided} 条已确认的需求、{row.history} 条未分类的需求。"
        )
        if found["texts"]:
            self.stdout.write(
                f"在 {found['texts']} 条都没见过的需求上：现用的对 {found['before_right']} 条"
                f"（F1 {found['before_f1']:.3f}），"
                f"新的对 {found['after_right']} 条（F1 {found['after_f1']:.3f}）。"
            )
        if row.reason:
            self.stdout.write(f"说明：{row.reason}。")
