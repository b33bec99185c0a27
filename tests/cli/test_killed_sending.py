"""The worker is killed in the middle of an outreach: nobody is forgotten, nobody is told twice."""

import os
import signal
import sqlite3
import subprocess
import sys

import pytest

from tests.outreachworld import gateway, phone

FIRMS, BATCH, KILLED_AT = 90, 15, 3
WORK = """
import sys
import django
django.setup()
from datetime import timedelta
from django.conf import settings
from dianliang.core import jobs
from tests import outreachworld as world
from tests import town as builder
settings.OUTREACH_HOSTS = [f"127.0.0.1:{sys.argv[1]}"]
at = world.NOON
if sys.argv[2] == "begin":
    town = builder.build()
    world.firms(town, int(sys.argv[3]))
    world.channel(world.SMS, int(sys.argv[1]), batch_size=int(sys.argv[4]))
    world.released(town, world.SMS)
else:
    at += jobs.LEASE + timedelta(seconds=1)
world.run_all(at)
"""


@pytest.mark.slow
def test_everybody_gets_one_message_though_the_worker_is_killed_while_a_batch_is_taken(
    lived_in, tmp_path
):
    environment = {
        **{k: v for k, v in os.environ.items() if k != "DIANLIANG_DATABASE"},
        "DIANLIANG_HOME": str(tmp_path / "home"),
        "DJANGO_SETTINGS_MODULE": "dianliang.config.settings",
    }
    with gateway() as way:

        def worker(what):
            words = (str(way.port), what, str(FIRMS), str(BATCH))
            return subprocess.Popen([sys.executable, "-c", WORK, *words], env=environment)

        taking = way.take

        def take_and_kill(*call):
            found = taking(*call)  # the gateway has them, and the answer never comes
            if len(way.calls) == KILLED_AT:
                killed.kill()
            return found

        way.take = take_and_kill
        killed = worker("begin")
        assert killed.wait(60) == -signal.SIGKILL
        assert sum(way.taken.values()) == KILLED_AT * BATCH
        way.take = taking
        assert worker("go on").wait(60) == 0

        assert way.phones == {phone(n): 1 for n in range(1, FIRMS + 1)}
    with sqlite3.connect(tmp_path / "home" / "dianliang.sqlite3") as database:
        states = database.execute(
            "select stage, failure, count(*) from outreach_delivery group by 1, 2"
        )
        assert states.fetchall() == [(2, "", FIRMS)]
