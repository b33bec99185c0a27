"""Settings of the test suite: throw-away home, cheap passwords, any database."""

import os
import tempfile

os.environ.setdefault("DIANLIANG_MODE", "test")
os.environ.setdefault("DIANLIANG_HOME", tempfile.mkdtemp(prefix="dianliang-test-"))

from dianliang.config.settings import *  # noqa: F403 (the environment must be set first)

ALLOWED_HOSTS = ["*"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
AXES_ENABLED = False
