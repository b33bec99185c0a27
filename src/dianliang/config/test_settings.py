"""Settings of the test suite: throw-away home, cheap passwords, any database."""

import os
import tempfile

os.environ.setdefault("DIANLIANG_MODE", "test")
os.environ.setdefault("DIANLIANG_HOME", tempfile.mkdtemp(prefix="dianliang-test-"))

from dianliang.config.settings import *  # noqa: F403 (the environment must be set first)
from dianliang.config.settings import HOME, MIDDLEWARE

ALLOWED_HOSTS = ["*"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
AXES_ENABLED = False
STATIC_ROOT = HOME / "static"
STATIC_ROOT.mkdir(exist_ok=True)  # WhiteNoise warns of a missing folder, and warnings are errors

# The schema fuzzer speaks to the application without unpacking; tests/cli tries it over the wire.
MIDDLEWARE = [name for name in MIDDLEWARE if name != "django.middleware.gzip.GZipMiddleware"]

# Every test client makes its middleware anew: looking for each static file when it is asked for
# takes less than listing all of them a thousand times.
WHITENOISE_AUTOREFRESH = True
