"""Start the web server with the settings that were measured to hold."""

import copy
import gc
import logging
import os
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import CommandError
from django.db import connections
from django.urls import get_resolver
from granian import Granian
from granian.constants import Interfaces
from granian.log import LOGGING_CONFIG, LogLevels

from dianliang.core.processes import PARENT
from dianliang.engines import routing
from dianliang.flows import triage

EMBEDDED_THREADS = 8
"""Embedded, the write gate lets one thread write while the others read."""
SCALED_THREADS = 1
"""Threads of one process wait for each other even while they hold a lock of the database: four
processes of one thread took 220–230 needs a second, two of eight 167–180, on the same two cores."""
KILL_TIMEOUT_S = 10
"""Granian never ends a worker that is stuck in its start-up unless this is set."""
BACKPRESSURE = 64
"""More requests than this wait in the kernel's queue instead of in memory."""
PORT_PATIENCE_S = 3.0
"""How long a port may stay taken after its last server was killed."""
PORTS_TRIED = 20


class MeantThreads(logging.Filter):
    """Drop the server's doubt about a number of threads that was measured."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Keep everything else."""
        return "Python threads" not in record.getMessage()


def is_free(host: str, port: int) -> bool:
    """Tell whether a server could listen there now."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True


def wait_for_port(host: str, port: int) -> None:
    """Wait a moment for a port that a killed server leaves behind.

    Raises:
        CommandError: somebody else has it.
    """
    give_up = time.monotonic() + PORT_PATIENCE_S
    while not is_free(host, port):
        if time.monotonic() > give_up:
            raise CommandError(
                f"不能在 {host}:{port} 上启动：端口被占用，或地址不是本机的。"
                f"请用 --port 换一个端口，或停掉占用它的程序。"
            )
        time.sleep(0.1)


def next_free_port(host: str, port: int) -> int:
    """Return the port or the first free one after it."""
    tried = range(port, port + PORTS_TRIED)
    return next((candidate for candidate in tried if is_free(host, candidate)), port)


def run(*, host: str, port: int, processes: int, embedded_worker: bool) -> None:
    """Serve until told to stop; embedded, one process holds web, worker and write gate."""
    if embedded_worker:
        os.environ["DIANLIANG_EMBEDDED_WORKER"] = "1"
    os.environ[PARENT] = str(os.getpid())
    Path(settings.STATIC_ROOT).mkdir(exist_ok=True)  # WhiteNoise warns of a missing folder
    _warm_kernel()
    _preload()
    connections.close_all()  # an open connection must not be carried over a fork
    Granian(
        target="dianliang.config.wsgi:application",
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        websockets=False,
        workers=processes,
        blocking_threads=EMBEDDED_THREADS if embedded_worker else SCALED_THREADS,
        backpressure=BACKPRESSURE,
        workers_kill_timeout=KILL_TIMEOUT_S,
        respawn_failed_workers=True,
        log_access=False,
        log_level=LogLevels.warning,
        log_dictconfig=_log_config(),
    ).serve()


def _warm_kernel() -> None:
    """Compile the planner in a process of its own, so that neither pages nor a plan wait for it."""
    if not routing.is_warm():
        script = "from dianliang.engines import routing; routing.warm()"
        subprocess.Popen([sys.executable, "-c", script])  # noqa: S603 (ourselves)


def _preload() -> None:
    """Load what every page needs before the processes part: they start with it, and share it."""
    _ = get_resolver().url_patterns
    triage.prepared()
    gc.collect()
    gc.freeze()  # what is loaded stays: looking through it again took a tenth of each request


def _log_config() -> dict[str, Any]:
    config: dict[str, Any] = copy.deepcopy(LOGGING_CONFIG)
    config["filters"] = {"meant": {"()": MeantThreads}}
    config["handlers"]["console"]["filters"] = ["meant"]
    return config
