"""The examples of the guide for programs do what they say, as they are printed."""

import json
import re
import subprocess
from datetime import timedelta
from pathlib import Path

import pytest
from PIL import Image

from dianliang.domain.intake.models import Need, Rating
from dianliang.faces.ui.requests import now, today
from dianliang.flows import tokens
from dianliang.kernel.actor import Role
from tests import town as town_builder

GUIDE = Path(__file__).parents[2] / "docs" / "api.md"
EXAMPLES = "\n".join(re.findall(r"```sh\n(.*?)```", GUIDE.read_text(encoding="utf-8"), re.DOTALL))


@pytest.mark.django_db(transaction=True)
def test_the_examples_run_as_they_are_printed(server, tmp_path):
    town = town_builder.build()
    town.team("XH", "S1", "repair")
    town.user("robot", Role.DISPATCHER)
    until = today() + timedelta(days=1)
    secret = tokens.issue(username="robot", name="示例", expires_on=until, at=now())
    Image.new("RGB", (60, 40), "grey").save(tmp_path / "photo.jpg")

    ran = subprocess.run(
        ["bash", "-euxo", "pipefail", "-c", EXAMPLES],
        cwd=tmp_path,
        env={"URL": server, "TOKEN": secret, "PATH": "/usr/local/bin:/usr/bin:/bin"},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )

    assert ran.returncode == 0, ran.stderr
    answers = {path.name: path for path in tmp_path.iterdir()}
    first = Need.objects.get(number=json.loads(answers["kept.json"].read_text())["number"])
    assert (first.status, first.service.code, first.photos.count()) == ("CLOSED", "PWR-OUTAGE", 0)
    assert Rating.objects.get().stars == 5
    assert Need.objects.count() == 2
    assert b"BEGIN:VCALENDAR" in answers["team.ics"].read_bytes()
