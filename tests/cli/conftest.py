"""Run the product's own command as a person does, in a home of its own."""

import os
import shutil
import subprocess
import sys

import pytest

from dianliang.core.assets import ensure_assets
from dianliang.core.home import load_secrets, prepare_home
from tests.grounds import kept_tables


@pytest.fixture(scope="session")
def prepared(grounds, tmp_path_factory):
    """Return a home whose tables are there: making them is not what is timed here."""
    home = tmp_path_factory.mktemp("prepared") / "home"
    if kept_tables().exists():  # the bare ground, unless these tests stand on another database
        prepare_home(str(home))
        load_secrets(home)
        shutil.copyfile(kept_tables(), home / "dianliang.sqlite3")
        return home
    environment = {
        **{
            k: v for k, v in os.environ.items() if k not in {"DIANLIANG_MODE", "DIANLIANG_DATABASE"}
        },
        "DIANLIANG_HOME": str(home),
        "DJANGO_SETTINGS_MODULE": "dianliang.config.settings",
    }
    words = [sys.executable, "-m", "dianliang.cli", "migrate", "--verbosity", "0"]
    subprocess.run(words, env=environment, check=True)
    return home


@pytest.fixture
def lived_in(prepared, tmp_path):
    """Put such a home where the command looks for one."""
    shutil.copytree(prepared, tmp_path / "home")


@pytest.fixture
def command(tmp_path):
    """Run the product's own command against a home of its own."""
    ensure_assets()
    environment = {
        **{k: v for k, v in os.environ.items() if k != "DIANLIANG_MODE"},
        "DIANLIANG_HOME": str(tmp_path / "home"),
        "DJANGO_SETTINGS_MODULE": "dianliang.config.settings",
    }
    environment.pop("DIANLIANG_DATABASE", None)
    started = []

    def start(*words, **more):
        process = subprocess.Popen(
            [sys.executable, "-m", "dianliang.cli", *words],
            env={**environment, **more},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        started.append(process)
        return process

    yield start
    for process in started:
        process.kill()
        process.communicate()
