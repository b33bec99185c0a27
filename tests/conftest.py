"""Fixtures that every test may use."""

import gc
import os
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.test import TransactionTestCase
from django.utils import translation
from hypothesis import settings

from dianliang.kernel.actor import Actor, Role
from tests.browsing import chromium, daytime, server
from tests.command import Flood
from tests.examples import share_examples
from tests.fieldworld import World
from tests.grounds import Grounds, wanted
from tests.town import Town

__all__ = ["chromium", "daytime", "server"]
FLOWS = Path(__file__).parent / "flows"
DATABASE = {"db", "transactional_db", "grounds"}


@pytest.fixture
def noon() -> datetime:
    """A Tuesday noon in Anji."""
    return datetime(2026, 11, 24, 4, 0, tzinfo=UTC)


@pytest.fixture
def dispatcher() -> Actor:
    return Actor(id="d1", name="调度员", role=Role.DISPATCHER, unit_path="/", area_path="/")


@pytest.fixture(scope="session")
def grounds(
    django_test_environment, django_db_modify_db_settings, django_db_blocker, tmp_path_factory
) -> Iterator[Grounds]:
    """What the test database of this process holds."""
    base = tmp_path_factory.getbasetemp()
    made = Grounds(base.parent if "PYTEST_XDIST_WORKER" in os.environ else base)
    with django_db_blocker.unblock():
        made.open()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TransactionTestCase, "_fixture_teardown", lambda _: made.spoil())
        yield made
    with django_db_blocker.unblock():
        made.close()


@pytest.fixture(scope="session")
def django_db_setup(grounds) -> None:
    """Have the tables made once for all processes and runs, instead of migrating in each."""


@pytest.fixture
def ground(request, grounds, django_db_blocker) -> None:
    """Put the ground under a test that its fixtures ask for."""
    with django_db_blocker.unblock():
        grounds.stand_on(wanted(request.node))


@pytest.fixture
def _django_db_helper(ground, _django_db_helper) -> None:
    """Let a test's transaction begin on its ground."""


@pytest.fixture
def world(db, grounds) -> World:
    """A station with two teams on an ordinary day."""
    return grounds.standing("world")


@pytest.fixture
def town(db, grounds) -> Town:
    """A small town with the real catalogue."""
    return grounds.standing("town")


@pytest.fixture
def flood(db, grounds) -> Flood:
    """A small town's flood that is commanded; its town is `flood.town`."""
    return grounds.standing("flood")


@pytest.fixture
def demo(db, grounds) -> datetime:
    """The demo county; the moment at which it was built."""
    return grounds.standing("demo")


def pytest_configure() -> None:
    """Look for no garbage among thousands of modules and tests that all stay; wait for no clock.

    A property that is tried on two busy cores, or whose first example compiles, takes its time.
    """
    gc.disable()
    settings.register_profile("house", deadline=None)
    settings.load_profile("house")


def pytest_runtest_teardown() -> None:
    """Let no test read in the language in which the one before it asked for a page."""
    translation.deactivate()


def pytest_collection_finish() -> None:
    """Let the collector look at what tests make, not at all that was imported for them."""
    gc.freeze()
    gc.set_threshold(100_000, 50, 100)
    gc.enable()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let tests that stand on the same ground follow each other, slow ones first.

    Among several processes nothing long is then left for the end.
    """
    items.sort(key=lambda item: (wanted(item), item.get_closest_marker("slow") is None))
    for item in items:
        if not _asks_database(item) or (FLOWS in item.path.parents and not _commits(item)):
            item.add_marker("one_database")
    for test in {getattr(item, "function", None) for item in items}:
        share_examples(test)


def _asks_database(item: pytest.Item) -> bool:
    """Tell whether a test may ask the database at all: without its marker or fixture none can."""
    is_marked = item.get_closest_marker("django_db") is not None
    return is_marked or not DATABASE.isdisjoint(getattr(item, "fixturenames", ()))


def _commits(item: pytest.Item) -> bool:
    """Tell whether a test commits: races, locks and what triggers do then differ by database."""
    asked = item.get_closest_marker("django_db")
    is_told = asked is not None and bool(asked.kwargs.get("transaction"))
    return is_told or "transactional_db" in getattr(item, "fixturenames", ())
