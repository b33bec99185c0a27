"""Stars of service points and cells, counted from records that can be opened (003-10)."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from dianliang.domain.intake.models import Need, Rating
from dianliang.domain.programs.models import Activity, PresenceDay, PresenceDuty
from dianliang.domain.safety.models import Hazard
from dianliang.domain.venues.models import Site
from dianliang.domain.venues.rating import SHIPPED
from dianliang.domain.work.models import Job, Visit
from dianliang.domain.workforce.models import Person, Team
from dianliang.flows import site_ratings
from dianliang.flows.campaigns import doing
from dianliang.flows.site_ratings import Period
from dianliang.kernel.actor import Role
from dianliang.kernel.errors import InvalidInputError, NotVisibleError, NotYourTurnError
from tests import hazards
from tests.flows.campaigns.lists import frozen, stairwell, table, target
from tests.town import NOON, TODAY

PERIOD = Period(start=NOON - timedelta(days=90), end=NOON + timedelta(days=1), at=NOON)


@pytest.fixture
def point(town):
    """The service point of 余村, which station S1 keeps."""
    Site.objects.filter(code="FW-001").update(unit=town.units["S1"])
    town.team("XH", "S1", "repair")
    return town


def needs(town, *on_time, area="V1", stars=None):
    """Resolve needs in time or late, some of them rated."""
    for good in on_time:
        need = town.post("余村村停电了", area_code=area, phone="13800000000")
        Need.objects.filter(pk=need.pk).update(
            resolved_at=need.due_at + (timedelta(0) if good else timedelta(hours=1))
        )
        if stars:
            Rating.objects.create(
                participant=need.participants.get(), stars=stars, rated_at=NOON, unit_code="S1"
            )


def visits(town, count, *, area="V1"):
    for number in range(count):
        job = Job.objects.create(
            number=f"GD-{area}-{number}",
            title="检查",
            area=town.areas[area],
            lat=30.5,
            lon=119.6,
            duration_min=20,
            unit=town.units["S1"],
            status="DONE",
            opened_at=NOON - timedelta(days=2),
            done_at=NOON,
        )
        Visit.objects.create(
            number=f"SM-{area}-{number}",
            job=job,
            team=Team.objects.get(code="XH"),
            on=TODAY,
            sequence=number + 1,
            arrive_at=NOON,
            depart_at=NOON,
            ended_at=NOON - timedelta(hours=1),
            status="DONE",
        )


def presence(town, *kept):
    duty = PresenceDuty.objects.create(
        person=Person.objects.get(number="XH-0"),
        site=Site.objects.get(code="FW-001"),
        kind="liaison",
        valid_from=TODAY - timedelta(days=90),
    )
    for number, came in enumerate(kept, start=1):
        there = {"checked_in_at": NOON, "lat": 30.5, "lon": 119.6, "accuracy_m": 5, "away_m": 3}
        PresenceDay.objects.create(
            duty=duty,
            on=TODAY - timedelta(days=number),
            is_planned=True,
            **(there if came else {}),
        )


def ranking(town, subject="site", unit="S1"):
    return site_ratings.ranking(subject=subject, period=PERIOD, by=town.actor(unit))


def figures(row):
    return {part.criterion.measure: (part.measured.good, part.measured.of) for _, part in row.parts}


@pytest.mark.row("003-10")
def test_every_star_is_counted_and_every_figure_opens_its_records(point):
    needs(point, True, True, True, False, stars=5)
    visits(point, 6)
    presence(point, True, True, True, False)
    campaign = frozen(
        point,
        table=table(*(stairwell(n, due="2026-11-24") for n in range(1, 7))),
        proofs=["words"],
    )
    for place in range(3):
        doing.complete(
            number=target(campaign, place).number,
            photos=[],
            words="灯亮",
            by=point.actor("S1"),
            at=NOON,
        )
    Activity.objects.create(
        number="XD-1",
        title="安全用电进课堂",
        team=Team.objects.get(code="XH"),
        area=point.areas["V1"],
        started_at=NOON - timedelta(days=3),
        ended_at=NOON - timedelta(days=3) + timedelta(hours=2),
        recorded_by="x",
    )

    (row,) = ranking(point).rows

    found = figures(row)
    assert found == {
        "needs_on_time": (3, 4),
        "satisfied": (4, 4),
        "hazards": (0, 0),
        "visits": (6, None),
        "presence": (3, 4),
        "campaigns": (0, 0),
        "activities": (1, None),
    }
    weight = {c.measure: c.weight for c in SHIPPED.criteria}
    by_hand = (
        weight["needs_on_time"] * (0.75 - 0.6) / 0.38
        + weight["satisfied"]
        + weight["visits"] * 0.5
        + weight["presence"] * 0.5
        + weight["activities"] * 0.25
    )
    counted = 100 - weight["campaigns"] - weight["hazards"]
    assert row.score == pytest.approx(100 * by_hand / counted, abs=0.1)
    assert (row.rank, row.stars) == (1, 2)
    for measure, (good, of) in found.items():
        opened = site_ratings.behind(
            subject="site",
            code="FW-001",
            measure_code=measure,
            period=PERIOD,
            by=point.actor("S1"),
        )
        assert opened.good == good == sum(record.is_good for record in opened.records)
        assert opened.total == (good if of is None else of) == len(opened.records)


def test_targets_count_once_their_day_has_passed(point):
    campaign = frozen(
        point, table=table(*(stairwell(n, due="2026-11-24") for n in range(1, 7))), proofs=["words"]
    )
    doing.complete(
        number=target(campaign).number, photos=[], words="灯亮", by=point.actor("S1"), at=NOON
    )
    day_after = Period(start=PERIOD.start, end=PERIOD.end + timedelta(days=2), at=PERIOD.end)

    (row,) = site_ratings.ranking(subject="site", period=day_after, by=point.actor("S1")).rows

    assert figures(row)["campaigns"] == (1, 6)


def test_a_hazard_counts_as_good_only_when_it_was_closed_in_time(point):
    visits(point, 2)
    for number, closed_after in (("SM-V1-0", timedelta(0)), ("SM-V1-1", timedelta(hours=1))):
        visit = Visit.objects.get(number=number)
        (hazard,) = hazards.inspected(None, point.actor("S1"), at=NOON, visit=visit)
        after = hazards.picture(NOON)
        Hazard.objects.filter(pk=hazard.pk).update(
            status="CLOSED",
            ended_at=hazard.due_at + closed_after,
            ended_by="x",
            after=after,
        )

    (row,) = ranking(point).rows

    assert figures(row)["hazards"] == (1, 2)


def test_a_point_with_hardly_a_record_gets_no_stars(point):
    (row,) = ranking(point).rows

    assert (row.rank, row.score, row.stars) == (None, None, None)


def test_cells_are_ranked_by_their_own_records_best_first(point):
    needs(point, True, True, True, area="V1", stars=5)
    needs(point, True, False, False, area="V2", stars=3)

    found = ranking(point, "cell")

    assert [(row.code, row.rank) for row in found.rows] == [("V1", 1), ("V2", 2)]
    assert found.rows[0].stars > found.rows[1].stars


def test_equal_scores_share_a_rank(point):
    for area in ("V1", "V2"):
        needs(point, True, True, True, area=area, stars=5)

    assert [row.rank for row in ranking(point, "cell").rows] == [1, 1]


def test_more_points_cost_no_more_queries(point):
    by = point.actor("S1")
    ranking(point)

    def cost():
        with CaptureQueriesContext(connection) as caught:
            site_ratings.ranking(subject="site", period=PERIOD, by=by)
        return len(caught)

    one = cost()
    for number in range(2, 12):
        Site.objects.create(
            code=f"FW-{number:03d}",
            name=f"{number}号站",
            kind="station",
            area=point.areas["V2"],
            unit=point.units["S1"],
            lat=30.5,
            lon=119.6,
        )
    assert cost() == one


def test_the_neighbour_sees_neither_stars_nor_records(point):
    assert ranking(point, unit="S2").rows == ()
    for code, measure, unit in (
        ("FW-001", "visits", "S2"),
        ("FW-001", "x", "S1"),
        ("X", "visits", "S1"),
    ):
        with pytest.raises(NotVisibleError):
            site_ratings.behind(
                subject="site", code=code, measure_code=measure, period=PERIOD, by=point.actor(unit)
            )
    with pytest.raises(InvalidInputError):
        ranking(point, "star")


def test_only_an_administrator_publishes_rules(point):
    asked = {
        "criteria": SHIPPED.criteria,
        "steps": SHIPPED.steps,
        "seen": 0,
        "reason": "年度调整",
        "at": NOON,
    }
    with pytest.raises(NotYourTurnError):
        site_ratings.publish(**asked, by=point.actor("S1"))

    site_ratings.publish(**asked, by=point.actor("LM", Role.ADMINISTRATOR))

    assert ranking(point).rules.number == 1


def test_every_criterion_of_the_shipped_rules_can_be_measured():
    assert {c.measure for c in SHIPPED.criteria} <= set(site_ratings.MEASURES)
