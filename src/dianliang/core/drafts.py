"""Photos of a form that is not stored yet: kept for a day, so that nobody has to choose them again.

A draft is a checked and re-encoded file under a name that only its sender knows.
"""

import re
import secrets
import shutil
from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings

from dianliang.core import disk, files
from dianliang.kernel.errors import InvalidInputError

KEPT_FOR = timedelta(days=1)
SPARED_BYTES = 512 * 1024 * 1024
"""What photos of forms must leave free: a full disk would lose needs, which matter more."""
_TOKEN = re.compile(r"[A-Za-z0-9_-]{24}")


def keep(raw: bytes, *, at: datetime) -> str:
    """Check and re-encode a photo and keep it for a day; return its token.

    Raises:
        InvalidInputError: not a picture, damaged, or too large; or the disk is nearly full.
    """
    if shutil.disk_usage(settings.HOME).free < SPARED_BYTES:
        message = "现在收不下照片，请先提交文字，照片晚些再补充。"
        raise InvalidInputError(message, field="photos")
    token = secrets.token_urlsafe(18)
    disk.write(_path(token), files.reencoded(raw).content, at=at)
    return token


def read(token: str, *, at: datetime) -> bytes | None:
    """Return a draft, or None when there is none or its day is over."""
    if not _TOKEN.fullmatch(token):
        return None
    path = _path(token)
    try:
        if path.stat().st_mtime < (at - KEPT_FOR).timestamp():
            return None
        return path.read_bytes()
    except FileNotFoundError:
        return None


def forget_old(*, at: datetime) -> int:
    """Delete the drafts whose day is over; return how many."""
    last = (at - KEPT_FOR).timestamp()
    old = [path for path in _folder().glob("*") if path.stat().st_mtime < last]
    for path in old:
        path.unlink(missing_ok=True)
    return len(old)


def _folder() -> Path:
    return Path(settings.MEDIA_ROOT) / "drafts"


def _path(token: str) -> Path:
    return _folder() / token
