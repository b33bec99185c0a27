"""A beginning is compared letter for letter, on every database."""

import pytest
from django.db.models import F, Value
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from dianliang.core.models import Counter
from dianliang.domain.directory.models import Unit

pytestmark = pytest.mark.django_db
TEXTS = st.text("aAbB/*?[]^-%_\\甲", max_size=5)


@settings(
    max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None
)
@given(whole=TEXTS, start=TEXTS)
@example(whole="/AJ/s1/", start="/AJ/S1/")
@example(whole="a[b]c", start="a[b]")
def test_a_beginning_is_what_python_calls_one(whole, start):
    Counter.objects.get_or_create(name="x", defaults={"value": 1})
    rows = Counter.objects.annotate(whole=Value(whole), start=Value(start))

    assert rows.filter(whole__startswith=start).exists() == whole.startswith(start)
    assert rows.filter(whole__startswith=F("start")).exists() == whole.startswith(start)


def test_a_scope_does_not_reach_a_unit_whose_code_differs_in_case_alone(town):
    twin = Unit.objects.create(
        code="s1", name="同名所", kind="station", parent=town.units["AJ"], path="/AJ/s1/"
    )

    below = Unit.objects.filter(path__startswith=town.units["S1"].path)

    assert twin not in below
    assert town.units["S1"] in below
    assert not town.actor("S1").reaches_unit(twin.path)
