"""``dianliang doctor``: what is wrong with this installation, in plain words."""

from typing import Any

from django.core.management.base import BaseCommand

from dianliang.cli.clock import now
from dianliang.flows import checkup


class Command(BaseCommand):
    """Print one line for each thing that was looked at; exit 1 when something is wrong."""

    help = "检查安装：逐项说明是否正常、该怎么办。"
    requires_system_checks: list[str] = []

    def handle(self, **_: Any) -> None:
        """Examine and print."""
        findings = checkup.examine(at=now())
        for finding in findings:
            self.stdout.write(f"[{finding.severity}] {finding.subject}：{finding.words}")
        if any(finding.severity is checkup.Severity.WRONG for finding in findings):
            raise SystemExit(1)
