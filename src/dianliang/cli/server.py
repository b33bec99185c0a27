"""Start the web server with the settings that were measured to hold."""

import os

from django.db import connections
from granian import Granian
from granian.constants import Interfaces

EMBEDDED_THREADS = 8
"""Embedded, the write gate lets one thread write while the others read."""
SCALED_THREADS = 1
"""Threads of one process wait for each other even while they hold a lock of the database: four
processes of one thread took 220–230 needs a second, two of eight 167–180, on the same two cores."""
KILL_TIMEOUT_S = 10
"""Granian never ends a worker that is stuck in its start-up unless this is set."""
BACKPRESSURE = 64
"""More requests than this wait in the kernel's queue instead of in memory."""


def run(*, host: str, port: int, processes: int, embedded_worker: bool) -> None:
    """Serve until told to stop; embedded, one process holds web, worker and write gate."""
    if embedded_worker:
        os.environ["DIANLIANG_EMBEDDED_WORKER"] = "1"
    connections.close_all()  # an open connection must not be carried over a fork
    Granian(
        target="dianliang.config.wsgi:application",
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        workers=processes,
        blocking_threads=EMBEDDED_THREADS if embedded_worker else SCALED_THREADS,
        backpressure=BACKPRESSURE,
        workers_kill_timeout=KILL_TIMEOUT_S,
        respawn_failed_workers=True,
        log_access=False,
    ).serve()
