"""A real installation behind https passes Django's own deployment checks without a warning."""

import os
import subprocess
import sys

import pytest


@pytest.mark.slow
def test_deployment_checks_find_nothing(tmp_path):
    inherited = {k: v for k, v in os.environ.items() if k != "DJANGO_ALLOW_ASYNC_UNSAFE"}
    environment = {
        **inherited,
        "DJANGO_SETTINGS_MODULE": "dianliang.config.settings",
        "DIANLIANG_HOME": str(tmp_path),
        "DIANLIANG_MODE": "serve",
        "DIANLIANG_URL": "https://dianliang.example",
        "DIANLIANG_HOSTS": "dianliang.example",
        "DIANLIANG_BEHIND_PROXY": "1",
    }
    done = subprocess.run(
        [sys.executable, "-m", "dianliang.cli", "check", "--deploy", "--fail-level", "WARNING"],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stderr
    assert "no issues" in done.stdout
