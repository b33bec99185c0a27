"""The WSGI application; embedded, it also runs the background worker's threads."""

import os
import threading

from django.core.wsgi import get_wsgi_application
from django.utils import timezone

from dianliang.core.processes import die_with_parent
from dianliang.faces.ui.encodings import only_utf8

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "dianliang.config.settings")
application = only_utf8(get_wsgi_application())
die_with_parent()


def start_worker_threads() -> None:
    """Start the embedded worker: one thread, in the process that holds the write gate."""
    from dianliang.flows import worker  # noqa: PLC0415 (needs the apps that are loaded above)

    threading.Thread(
        target=worker.work,
        kwargs={
            "owner": f"embedded-{os.getpid()}",
            "clock": timezone.now,  # noqa: TID251 (wiring hands the clock in)
            "stop": threading.Event(),
        },
        name="dianliang-worker",
        daemon=True,
    ).start()


if os.environ.get("DIANLIANG_EMBEDDED_WORKER") == "1":
    start_worker_threads()
