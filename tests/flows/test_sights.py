"""The register of points of interest (001-19)."""

from datetime import date, timedelta

import pytest

from dianliang.core.models import AuditEvent
from dianliang.domain.venues import sights as register
from dianliang.domain.venues.models import PointOfInterest
from dianliang.domain.venues.sights import UnableToChangeSightError
from dianliang.flows import sights
from dianliang.flows.sights import Described
from dianliang.kernel.errors import InvalidInputError, NotVisibleError
from tests.core.test_files import photo
from tests.town import NOON, TODAY


def described(**changes):
    known = {
        "name": "余村零碳电力驿站",
        "kind": "green",
        "area_code": "V1",
        "site_code": "",
        "unit_code": "S1",
        "address": "绿道旁",
        "lat": None,
        "lon": None,
        "words": "光伏顶棚，储能供电",
        "photo": photo((40, 30)),
        "opened_on": date(2026, 5, 1),
    }
    return Described(**{**known, **changes})


def put(town, **changes):
    return sights.register(described=described(**changes), by=town.actor("S1"), at=NOON)


def sight_of(town):
    """Register a sight of station S1; return its code."""
    return put(town).code


@pytest.mark.row("001-19")
def test_a_sight_is_registered_looked_at_and_closed_with_its_story(town):
    made, by = put(town), town.actor("S1")
    assert (made.lat, made.lon) == (30.51, 119.61)  # the village's, for want of its own

    later = NOON + timedelta(days=200)
    (row,) = register.sights(by=by, on=later.date())
    assert row.is_stale
    sights.look_at(code=made.code, photo=photo((50, 30)), by=by, at=later)
    (row,) = register.in_area(area=town.areas["T1"], on=later.date())
    assert (row.is_stale, row.photo != made.photo.token) == (False, True)
    sights.close(code=made.code, reason="改建", by=by, at=later)

    assert register.in_area(area=town.areas["T1"], on=later.date()) == ()
    (row,) = register.sights(by=by, on=later.date())
    assert (row.closed_because, row.closed_on) == ("改建", later.date())
    with pytest.raises(UnableToChangeSightError):
        sights.look_at(code=made.code, photo=None, by=by, at=later)
    verbs = AuditEvent.objects.filter(verb__startswith="venues.pointofinterest")
    assert verbs.count() == 3


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"name": ""}, "name"),
        ({"kind": "x"}, "kind"),
        ({"area_code": ""}, "area_code"),
        ({"site_code": "X"}, "site_code"),
        ({"unit_code": "S2"}, "unit_code"),
        ({"lat": 30.5}, "lat"),
        ({"lat": 130.5, "lon": 1.0}, "lat"),
        ({"opened_on": TODAY + timedelta(days=1)}, "opened_on"),
        ({"photo": b"no photo"}, "photo"),
    ],
)
def test_what_makes_no_sense_names_its_field(town, changes, field):
    with pytest.raises(InvalidInputError) as refusal:
        put(town, **changes)

    assert refusal.value.field == field
    assert not PointOfInterest.objects.exists()


def test_a_sight_belongs_to_its_unit(town):
    made = put(town)

    assert register.sights(by=town.actor("S2"), on=TODAY) == ()
    for act in (
        lambda by: sights.look_at(code=made.code, photo=None, by=by, at=NOON),
        lambda by: sights.close(code=made.code, reason="没用", by=by, at=NOON),
        lambda by: sights.photo_of(code=made.code, by=by),
    ):
        with pytest.raises(NotVisibleError):
            act(town.actor("S2"))
    assert sights.photo_of(code=made.code, by=town.actor("S1")).startswith(b"\xff\xd8")


def test_of_two_who_close_a_sight_the_second_is_told(town):
    made, by = put(town), town.actor("S1")
    twin = PointOfInterest.objects.get(pk=made.pk)
    register.close(sight=made, reason="改建", on=TODAY, by=by, at=NOON)

    with pytest.raises(UnableToChangeSightError):
        register.close(sight=twin, reason="拆除", on=TODAY, by=by, at=NOON)
    assert PointOfInterest.objects.get().closed_because == "改建"
