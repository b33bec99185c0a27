"""Pages of a list neither repeat nor miss a row, however it is counted and ordered."""

from functools import partial

import pytest
from django.db.models import Count, F
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dianliang.core import rows
from dianliang.core.rows import Rows, all_for_sheet, first_of, in_order
from dianliang.domain.directory.models import Unit
from dianliang.domain.workforce.models import Person
from dianliang.faces.console.paging import paged
from dianliang.kernel.errors import InvalidInputError

pytestmark = pytest.mark.django_db
ORDERS = ([], ["name"], ["-name"], ["unit__code", "-name"], [F("name").desc()], ["-number"])


@given(
    names=st.lists(st.sampled_from("甲乙丙"), max_size=12),
    order=st.sampled_from(ORDERS),
    is_counted=st.booleans(),
    each=st.integers(1, 5),
)
@settings(
    max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_pages_of_a_list_together_are_the_list(rf, names, order, is_counted, each):
    Person.objects.all().delete()
    unit, _ = Unit.objects.get_or_create(code="U", name="站", kind="station", path="/U/")
    Person.objects.bulk_create(
        Person(number=f"{n * 7 % 13:02d}", name=name, unit=unit) for n, name in enumerate(names)
    )
    found = Person.objects.order_by(*order) if order else Person.objects.all()
    if is_counted:
        found = found.annotate(n=Count("memberships"))
    whole = list(in_order(found))

    for listed in (found, Rows(found, list)):
        last = paged(rf.get("/"), listed, each=each)[1].count
        pages = [paged(rf.get("/", {"page": n + 1}), listed, each=each)[0] for n in range(last)]
        assert [row for page in pages for row in page] == whole

    assert len({row.pk for row in whole}) == len(names)
    # Nothing is left to the database: the same order backwards is the list backwards.
    assert list(in_order(found).reverse()) == whole[::-1]
    if not order:
        assert [row.number for row in whole] == sorted(row.number for row in whole)


def test_what_is_not_listed_is_told_and_a_sheet_holds_all_or_says_why_not(monkeypatch):
    unit = Unit.objects.create(code="U", name="站", kind="station", path="/U/")
    Person.objects.bulk_create(Person(number=f"{n}", name="甲", unit=unit) for n in range(5))
    found = Person.objects.order_by("number")

    assert [
        ([p.number for p in some], more) for some, more in map(partial(first_of, found), (3, 5))
    ] == [
        (["0", "1", "2"], 2),
        (["0", "1", "2", "3", "4"], 0),
    ]
    assert first_of(found, 3, is_whole=True) == (list(found), 0)
    assert list(all_for_sheet(found)) == list(found)
    monkeypatch.setattr(rows, "MOST_IN_A_SHEET", 4)
    with pytest.raises(InvalidInputError, match="共 5 行，超过一张表能放的 4 行"):
        all_for_sheet(found)
