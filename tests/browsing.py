"""One Chromium for the whole run, and a server on loopback for it to look at."""

import contextlib
import os
import shutil
import socket
import zlib
from collections.abc import Iterator
from datetime import datetime, time
from io import BytesIO
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from PIL import Image
from playwright.sync_api import Browser, sync_playwright
from pytest_django.live_server_helper import LiveServer

from dianliang.core.assets import ensure_assets
from dianliang.kernel.calendar import SHANGHAI

FIRST_PORT, PORTS_EACH, WORKERS, CHECKOUTS = 20000, 50, 8, 30
PHONE = {"width": 360, "height": 740}
DESK = {"width": 1440, "height": 900}
BROWSERS = ("chromium-headless-shell", "chromium", "google-chrome")
DAYTIME = time(6), time(18)
"""When a team that works all day can still go out and come home on the same day."""


def free_port() -> int:
    """Return a free loopback port below the ephemeral range, of this checkout and worker's own."""
    checkout = zlib.crc32(str(Path(__file__).parent).encode()) % CHECKOUTS
    worker = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw")) % WORKERS
    first = FIRST_PORT + (checkout * WORKERS + worker) * PORTS_EACH
    for port in range(first, first + PORTS_EACH):
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.bind(("127.0.0.1", port))  # also refused while an earlier server's ends linger
            return port
    raise RuntimeError("no free port")


@pytest.fixture
def server(transactional_db) -> Iterator[str]:
    """A server on loopback; its address."""
    ensure_assets()
    live = LiveServer(f"127.0.0.1:{free_port()}")
    yield live.url
    live.stop()


@pytest.fixture
def daytime(monkeypatch) -> None:
    """Let the server's clock stand between morning and evening, on the day of the browser's clock.

    A day that ends in a minute has no room for a visit; the phone learns the time from the server.
    """
    real_now = timezone.now  # noqa: TID251 (what the faces read is moved)
    here = real_now().astimezone(SHANGHAI)
    first, last = (datetime.combine(here, hour, SHANGHAI) for hour in DAYTIME)
    shift = min(max(here, first), last) - here
    if shift:
        monkeypatch.setattr(timezone, "now", lambda: real_now() + shift)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """The Chromium of the system, best without the windows that nobody looks at."""
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"  # Playwright's loop runs in this thread
    with sync_playwright() as playwright:
        path = next(filter(None, map(shutil.which, BROWSERS)), None)  # or Playwright's own
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield browser
        browser.close()


def upload(
    name: str, shade: int = 7, *, kind: str = "JPEG", content: bytes | None = None
) -> SimpleUploadedFile:
    """A photo as a form sends it; photos of different shades are different."""
    out = BytesIO()
    Image.new("RGB", (40, 30), (shade * 30 % 256, 90, 40)).save(out, kind)
    return SimpleUploadedFile(name, out.getvalue() if content is None else content)
