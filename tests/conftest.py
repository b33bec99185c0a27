"""Fixtures that every test may use."""

from datetime import UTC, datetime

import pytest

from dianliang.kernel.actor import Actor, Role
from tests import fieldworld, ledgers
from tests import town as town_builder
from tests.browsing import chromium, server
from tests.fieldworld import World
from tests.town import Town

__all__ = ["chromium", "server"]


@pytest.fixture
def noon() -> datetime:
    """A Tuesday noon in Anji."""
    return datetime(2026, 11, 24, 4, 0, tzinfo=UTC)


@pytest.fixture
def dispatcher() -> Actor:
    return Actor(id="d1", name="调度员", role=Role.DISPATCHER, unit_path="/", area_path="/")


@pytest.fixture
def world(db) -> World:
    """A station with two teams on an ordinary day."""
    return fieldworld.build()


@pytest.fixture
def town(db) -> Town:
    """A small town with the real catalogue."""
    return town_builder.build()


@pytest.fixture(autouse=True)
def entries_can_go(request):
    """Let the entries of a test with transactions of its own be deleted once it is over."""
    marker = request.node.get_closest_marker("django_db")
    commits = bool(marker and marker.kwargs.get("transaction"))
    if not (commits or {"transactional_db", "live_server"} & set(request.fixturenames)):
        yield
        return
    request.getfixturevalue("transactional_db")
    yield
    ledgers.let_entries_go()
