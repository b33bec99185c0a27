"""Processes that belong together: who serves a home, and what dies with whom."""

import os
import signal
import threading
import time
from pathlib import Path

from filelock import FileLock, Timeout

from dianliang.kernel.errors import DomainError
from dianliang.kernel.phrases import Phrase

LOOK_EVERY_S = 0.5
PATIENCE_S = 3.0
"""How long what a killed server left behind may still hold its home."""
PARENT = "DIANLIANG_PARENT"
"""Names the process that started this one; set for web processes and workers."""


class AlreadyServingError(DomainError):
    """Another process serves this home; SQLite allows one."""

    code = "processes.already-serving"


def hold_home(home: Path) -> FileLock:
    """Keep others from serving the same home as long as this process lives.

    Raises:
        AlreadyServingError: one does already.
    """
    lock = FileLock(home / "serving.lock")
    try:
        lock.acquire(timeout=PATIENCE_S)
    except Timeout as error:
        message = Phrase(
            "数据目录 %(home)s 已有一个点亮在运行。请先停掉它，或换一个 DIANLIANG_HOME。", home=home
        )
        raise AlreadyServingError(message) from error
    return lock


def die_with_parent() -> None:
    """End this process soon after the one that started it was killed.

    A web process that outlives a killed server keeps the port, and nothing new can start.
    """
    parent = int(os.environ.get(PARENT, "0"))
    if not parent or os.getpid() == parent:
        return
    threading.Thread(target=_watch, args=(parent,), name="dianliang-parent", daemon=True).start()


def _watch(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(LOOK_EVERY_S)
    os.kill(os.getpid(), signal.SIGKILL if hasattr(signal, "SIGKILL") else signal.SIGTERM)
