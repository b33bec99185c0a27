"""What a camera's figures say, what is shown of its source, how wide a protected strip is."""

from importlib import import_module

import pytest
from django.apps import apps
from django.db import IntegrityError, connection, transaction
from hypothesis import given
from hypothesis import strategies as st

from dianliang.domain.linewatch.models import Event, RuleVersion
from dianliang.domain.linewatch.queries.figures import Counted, figures, wilson
from dianliang.domain.linewatch.signs import strip_m
from tests.watchworld import happened, registered


def counted(status, latency_s=None):
    return Counted(status=status, latency_s=latency_s, answer_s=None)


def test_precision_is_of_what_a_person_could_tell():
    rows = [counted("TRUE", 2.0), counted("TRUE", 4.0), counted("FALSE", 9.0)]
    found = figures([*rows, counted("UNCLEAR"), counted("WAITING")], watched_s=12 * 3600, misses=0)

    assert (found.events, found.precision, found.waiting_count) == (5, pytest.approx(2 / 3), 1)
    assert (found.latency_median_s, found.latency_most_s, found.false_a_day) == (4.0, 9.0, 2.0)
    nothing = figures([counted("WAITING")], watched_s=0, misses=0)
    assert (nothing.precision, nothing.precision_low, nothing.false_a_day) == (None, None, None)


def test_the_interval_is_that_of_the_textbook():
    """Eight of ten (Newcombe 1998, method 3 without correction): 0.490 to 0.943."""
    assert wilson(8, 10) == (pytest.approx(0.4902, abs=1e-4), pytest.approx(0.9433, abs=1e-4))


@given(st.integers(1, 300).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_the_interval_holds_the_share_and_narrows_with_more(counts):
    successes, trials = counts
    low, high = wilson(successes, trials)
    more_low, more_high = wilson(4 * successes, 4 * trials)

    share = successes / trials
    assert 0 <= low <= share + 1e-12
    assert share - 1e-12 <= high <= 1
    assert more_high - more_low < high - low


@pytest.mark.parametrize(
    ("voltage_kv", "width_m"), [(0.4, 0), (10, 5), (35, 10), (110, 10), (220, 15), (500, 20)]
)
def test_the_strip_is_as_wide_as_the_regulation_says(voltage_kv, width_m):
    assert strip_m(voltage_kv) == width_m


@pytest.mark.django_db
@pytest.mark.parametrize(
    "broken",
    [
        {"status": "TRUE"},
        {"status": "MAYBE"},
        {"confidence": 1.5},
        {"people": 0},
        {"warned_at": None},
        {"kind": "swim"},
    ],
)
def test_the_database_keeps_no_event_that_cannot_be(town, broken):
    event = happened(registered(town))

    with pytest.raises(IntegrityError), transaction.atomic():
        Event.objects.filter(pk=event.pk).update(**broken)


@pytest.mark.django_db
@pytest.mark.parametrize("days", [0, 31])
def test_the_database_keeps_no_picture_longer_than_was_promised(town, days):
    rules = registered(town).rule_versions.get()

    with pytest.raises(IntegrityError), transaction.atomic():
        RuleVersion.objects.filter(pk=rules.pk).update(retention_days=days)


@pytest.mark.django_db(transaction=True)
def test_the_migration_shortens_what_the_old_rule_let_through(town, monkeypatch):
    """The constraint is taken away for a moment, as it is while the migration runs."""
    rules, options = registered(town).rule_versions.get(), RuleVersion._meta
    kept = next(one for one in options.constraints if "retention" in one.name)
    others = [one for one in options.constraints if one is not kept]
    shorten = import_module("dianliang.domain.linewatch.migrations.0003_kept_thirty_days").shorten
    with monkeypatch.context() as then:
        then.setattr(options, "constraints", others)
        with connection.schema_editor() as editor:
            editor.remove_constraint(RuleVersion, kept)
        RuleVersion.objects.filter(pk=rules.pk).update(retention_days=90)
        with connection.schema_editor() as editor:
            shorten(apps, editor)
    with connection.schema_editor() as editor:
        editor.add_constraint(RuleVersion, kept)

    rules.refresh_from_db()
    assert rules.retention_days == 30
