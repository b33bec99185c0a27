"""``dianliang worker``: background work in a process of its own."""

import os
import signal
import threading
from typing import Any

from django.core.management.base import BaseCommand

from dianliang.cli.clock import now
from dianliang.core.processes import die_with_parent
from dianliang.flows import worker


class Command(BaseCommand):
    """Do background work until stopped; any number may run beside each other on PostgreSQL."""

    help = "启动后台任务进程。"

    def handle(self, **_: Any) -> None:
        """Work until SIGTERM or Ctrl-C."""
        die_with_parent()
        stop = threading.Event()
        for name in (signal.SIGTERM, signal.SIGINT):
            signal.signal(name, lambda *_: stop.set())
        worker.work(owner=f"worker-{os.getpid()}", clock=now, stop=stop)
