"""Which files make up the phone app, and the name of this very version of them."""

import hashlib
from functools import lru_cache
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles import finders
from django.contrib.staticfiles.storage import staticfiles_storage

HERE = Path(__file__).resolve().parent
SERVICE_WORKER = HERE / "service_worker.js"
SHELL = HERE / "templates" / "field" / "app.html"
SCRIPT = "field/app.js"
STYLE = "field/field.css"
ICON = "ui/lamp.svg"
ICONS = {
    "ui/icon-192.png": ("192x192", "any"),
    "ui/icon-512.png": ("512x512", "any"),
    "ui/icon-maskable-512.png": ("512x512", "maskable"),
}
"""Size and purpose of the pictures for a home screen; ``tools/icons.py`` draws them."""
TOUCH_ICON = "ui/apple-touch-icon.png"
THEME = ("ui/theme.js", "ui/tokens.css")
LEAFLET = ("dist/leaflet.js", "dist/leaflet.css")
ASSETS = (
    SCRIPT,
    STYLE,
    ICON,
    *ICONS,
    TOUCH_ICON,
    *THEME,
    *(
        f"field/{name}.js"
        for name in (
            "briefing",
            "dom",
            "home",
            "map",
            "network",
            "photos",
            "positions",
            "rules",
            "screens/finish",
            "screens/hazards",
            "screens/inspect",
            "screens/line",
            "screens/outbox",
            "screens/post",
            "screens/sessions",
            "screens/task",
            "screens/team",
            "screens/today",
            "screens/visit",
            "screens/watch",
            "seal",
            "session",
            "signature",
            "spot",
            "store",
            "sync",
            "time",
            "words",
        )
    ),
    "dist/idb.js",
    *LEAFLET,
)


def address(path: str) -> str:
    """Return where a file of the app is served.

    Without a content hash in the name: modules import each other by plain names, and the service
    worker fetches a version as a whole.
    """
    return f"{settings.STATIC_URL}{path}"


@lru_cache(maxsize=1)
def build_id() -> str:
    """Name this version of the app by the content of all its files."""
    digest = hashlib.sha256()
    for path in ASSETS:
        digest.update(path.encode() + b"\0" + _content(path))
    for file in (SERVICE_WORKER, SHELL):
        digest.update(file.read_bytes())
    return digest.hexdigest()[:16]


def _content(path: str) -> bytes:
    found = finders.find(path)
    if found:
        return Path(found).read_bytes()
    if staticfiles_storage.exists(path):
        with staticfiles_storage.open(path) as file:
            return bytes(file.read())
    return b""
