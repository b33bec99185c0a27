"""What every page says of its installation, and what a load balancer hears."""

import pytest
from django.db import OperationalError, connection

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("is_demo", [True, False])
def test_a_demo_says_on_every_page_that_its_people_are_made_up(client, settings, is_demo):
    settings.IS_DEMO = is_demo

    assert ("均为生成" in client.get("/").content.decode()) == is_demo


def test_a_load_balancer_hears_whether_the_database_answers(client, monkeypatch):
    assert client.get("/healthz/live").status_code == 200
    assert client.get("/healthz/ready").status_code == 200

    def gone(*_):
        raise OperationalError("gone")

    monkeypatch.setattr(connection, "cursor", gone)

    assert client.get("/healthz/live").status_code == 200
    assert client.get("/healthz/ready").status_code == 503
