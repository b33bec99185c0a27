"""The server is killed in the middle of a dispatch: what it said yes to is still so."""

import json
import os
import sqlite3
import subprocess
import sys
from urllib.request import Request, urlopen

import pytest

from dianliang.cli.clock import now
from tests.browsing import free_port
from tests.cli.waiting import until_ready

SAID_YES, BEFORE_THE_KILL = {"applied", "already"}, 3
FLOOD = """
import json
import django
django.setup()
from datetime import UTC, datetime
from importlib import import_module
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from dianliang.core.models import User
from dianliang.domain.directory.models import RoleAssignment, Unit
from dianliang.domain.work.models import Visit
from dianliang.domain.workforce.models import Person
from dianliang.flows.dispatching import drafting
from dianliang.flows.exercise import playing, product, scenario, world
drafting.SMALL_S = 1
flood = scenario.draw(
    teams=3, customers=60, hours=12, happenings=0, seed=1, begin=datetime.now(UTC)
)
desk, game = product.Product(world.build(flood)), playing.Game(flood)
game._come(0, None, flood.begin)
desk.tell(game, at=flood.begin, rain=0, what=None)
team = max({v.team.code for v in Visit.objects.select_related("team")},
           key=lambda code: Visit.objects.filter(team__code=code).count())
captain = User.objects.create_user("captain", "x" * 16, display_name="队长")
RoleAssignment.objects.create(user=captain, role="captain", unit=Unit.objects.get())
Person.objects.filter(number=f"{team}-0").update(user=captain)
session = import_module(settings.SESSION_ENGINE).SessionStore()
session[SESSION_KEY] = str(captain.pk)
session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[-1]
session[HASH_SESSION_KEY] = captain.get_session_auth_hash()
session.save()
print(json.dumps({
    "plan": Visit.objects.first().plan.number,
    "visits": [*Visit.objects.filter(team__code=team).values_list("number", flat=True)],
    "account": "user:captain", "cookie": settings.SESSION_COOKIE_NAME,
    "csrf": settings.CSRF_COOKIE_NAME, "session": session.session_key,
}))
"""


def pressed(port, known, number):
    """Accept a visit on the phone; return what the server said."""
    token = "t" * 32
    body = {
        "account": known["account"],
        "sent_at": now().isoformat(),
        "operations": [
            {
                "key": f"accept-{number}",
                "verb": "accept",
                "number": number,
                "after": "",
                "device_at": now().isoformat(),
                "body": {},
            }
        ],
    }
    asked = Request(
        f"http://127.0.0.1:{port}/field/sync/",
        json.dumps(body).encode(),
        {
            "Content-Type": "application/json",
            "Cookie": f"{known['cookie']}={known['session']}; {known['csrf']}={token}",
            "X-CSRFToken": token,
        },
    )
    with urlopen(asked, timeout=20) as answer:
        return json.load(answer)["results"][0]["outcome"]


@pytest.mark.slow
def test_what_was_acknowledged_and_the_dispatch_in_force_outlive_a_kill(
    lived_in, command, tmp_path
):
    home = tmp_path / "home"
    environment = {
        **{k: v for k, v in os.environ.items() if k != "DIANLIANG_DATABASE"},
        "DIANLIANG_HOME": str(home),
        "DJANGO_SETTINGS_MODULE": "dianliang.config.settings",
    }
    made = subprocess.run(
        [sys.executable, "-c", FLOOD], env=environment, check=True, capture_output=True, text=True
    )
    known = json.loads(made.stdout.splitlines()[-1])
    port = free_port()
    server = command("serve", "--port", str(port))
    until_ready(port, server)

    heard = dict[str, str]()
    for number in known["visits"]:
        if len(heard) == BEFORE_THE_KILL:
            server.kill()
            break
        heard[number] = pressed(port, known, number)

    assert len(heard) == BEFORE_THE_KILL
    assert set(heard.values()) <= SAID_YES
    with sqlite3.connect(home / "dianliang.sqlite3") as database:
        states = dict(database.execute("select number, status from work_visit"))
        plans = dict(database.execute("select number, status from work_plan"))
    assert {states[number] for number in heard} == {"ACCEPTED"}
    assert plans == {known["plan"]: "PUBLISHED"}
    again = command("serve", "--port", str(port), PYTHONUNBUFFERED="1")
    # What the killed one has left behind may answer until the next says that it has the port.
    assert any("Ctrl-C" in line for line in again.stdout)
    until_ready(port, again)
    assert {pressed(port, known, number) for number in heard} <= SAID_YES
