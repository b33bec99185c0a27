"""Settings of the test suite: throw-away home, cheap passwords, any database."""

import atexit
import os
import shutil
import tempfile
from pathlib import Path

MEMORY, ENOUGH_BYTES = Path("/dev/shm"), 2 * 1024**3  # noqa: S108 (a folder of its own in there)


def _throw_away_home() -> str:
    """Make a home for this run, in memory if there is room: no test waits for a disk to sync."""
    has_room = MEMORY.is_dir() and shutil.disk_usage(MEMORY).free >= ENOUGH_BYTES
    home = tempfile.mkdtemp(prefix="dianliang-test-", dir=MEMORY if has_room else None)
    atexit.register(shutil.rmtree, home, ignore_errors=True)
    return home


os.environ.setdefault("DIANLIANG_MODE", "test")
if "DIANLIANG_HOME" not in os.environ:
    os.environ["DIANLIANG_HOME"] = _throw_away_home()

from dianliang.config.settings import *  # noqa: E402, F403 (the environment must be set first)
from dianliang.config.settings import HOME, MIDDLEWARE  # noqa: E402 (as above)

ALLOWED_HOSTS = ["*"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
AXES_ENABLED = False
# A test may drop content that another process's world shows: each has files of its own.
MEDIA_ROOT = HOME / "files" / os.environ.get("PYTEST_XDIST_WORKER", "")
STATIC_ROOT = HOME / "static"
STATIC_ROOT.mkdir(exist_ok=True)  # WhiteNoise warns of a missing folder, and warnings are errors

# The schema fuzzer speaks to the application without unpacking; tests/cli tries it over the wire.
MIDDLEWARE = [name for name in MIDDLEWARE if name != "django.middleware.gzip.GZipMiddleware"]

# Every test client makes its middleware anew: looking for each static file when it is asked for
# takes less than listing all of them a thousand times.
WHITENOISE_AUTOREFRESH = True
