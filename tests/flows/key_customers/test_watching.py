"""Supply through an occasion: reports, their corrections, the curves, checks before a season."""

from datetime import timedelta

import pytest

from dianliang.domain.key_customers.models import SupplyReport
from dianliang.domain.key_customers.operations.watching import UnableToFollowError
from dianliang.domain.key_customers.told import Source, ToldReport
from dianliang.domain.programs.models import Target
from dianliang.domain.safety.operations import inspecting
from dianliang.domain.work.models import Visit
from dianliang.domain.work.operations.visits import Record as Done
from dianliang.domain.work.operations.visits import complete
from dianliang.flows.campaigns import following, opening
from dianliang.flows.key_customers import checks, persons, watching
from dianliang.flows.network_page import record_outage
from dianliang.kernel.actor import SYSTEM, Actor, Role
from dianliang.kernel.errors import InvalidInputError, NotVisibleError, StaleStateError
from tests import hazards
from tests.flows.campaigns.lists import frozen
from tests.keyworld import customer, network, report, watch
from tests.town import NOON, TODAY


def page(town, followed, *, moment=None, state=""):
    return watching.page(
        number=followed.number, moment=moment, state=state, page=1, by=town.actor("S1"), at=NOON
    )


def ago(minutes):
    return NOON - timedelta(minutes=minutes)


def test_every_point_of_the_curves_opens_its_reports(town):
    one, two = customer(town, "ZY1"), customer(town, "ZY2")
    followed = watch(town, one, two)
    report(town, followed, one, "lost", ago_min=300)
    report(town, followed, one, "tied", ago_min=240, generator="浙E·A1234")
    back = report(town, followed, one, "normal", ago_min=60)
    report(town, followed, two, "own", ago_min=200)
    now = page(town, followed)
    then = page(town, followed, moment=ago(270), state="lost")

    assert now.here.counts == {"normal": 1, "tied": 0, "own": 1, "lost": 0}
    assert (now.here.served_share, now.here.restored_share, now.hours_lost) == (1.0, 0.5, 1.0)
    assert [row.report.number for row in now.rows if row.state == "normal"] == [back.number]
    assert [(row.customer.number, row.since) for row in then.rows] == [("ZY1", ago(300))]
    assert then.here.counts["lost"] == 1
    assert now.grades == (("一级", 2, 0),)
    for point in now.points:
        shown = page(town, followed, moment=point.at)
        assert shown.here.counts == point.counts


def test_what_comes_after_the_longest_time_is_refused_so_that_a_watch_can_end(town):
    one = customer(town, "ZY1")
    with pytest.raises(UnableToFollowError, match="90 天"):
        report(town, watch(town, one, hours=24 * 91), one, "lost", ago_min=30)


def test_a_wrong_report_is_corrected_by_a_second_row_once(town):
    one = customer(town, "ZY1")
    followed = watch(town, one)
    wrong = report(town, followed, one, "lost", ago_min=300)
    by = town.actor("S1")
    right = ToldReport(state="lost", happened_at=ago(120))
    made = watching.correct(number=wrong.number, told=right, reason="记错时间", by=by, at=NOON)
    with pytest.raises(StaleStateError):
        watching.correct(number=wrong.number, told=None, reason="再改", by=by, at=NOON)

    assert page(town, followed).hours_lost == 2.0
    watching.correct(number=made.number, told=None, reason="没有停电", by=by, at=NOON)
    assert page(town, followed).hours_lost == 0.0
    assert SupplyReport.objects.count() == 3


@pytest.mark.parametrize(
    ("told", "field"),
    [
        ({"state": "tied"}, "generator"),
        ({"state": "lost", "generator": "A1"}, "generator"),
        ({"state": "dark"}, "state"),
        ({"state": "lost", "happened_at": NOON + timedelta(hours=1)}, "happened_at"),
        ({"state": "lost", "happened_at": NOON - timedelta(days=1)}, "happened_at"),
    ],
)
def test_a_report_that_cannot_be_is_refused(town, told, field):
    one = customer(town, "ZY1")
    followed = watch(town, one)
    with pytest.raises((UnableToFollowError, InvalidInputError)) as refused:
        watching.report(
            number=followed.number,
            customers=["ZY1"],
            told=ToldReport(**{"happened_at": NOON, **told}),
            photo=None,
            by=town.actor("S1"),
            at=NOON,
        )

    assert refused.value.field == field
    assert not SupplyReport.objects.exists()


def test_a_watch_that_is_over_takes_nothing_until_it_goes_on(town):
    one = customer(town, "ZY1")
    followed = watch(town, one)
    report(town, followed, one, "lost", ago_min=30)
    by, number = town.actor("S1"), followed.number
    with pytest.raises(UnableToFollowError, match="结束时间之后"):
        watching.close(number=number, ends_at=ago(60), by=by, at=NOON)
    watching.close(number=number, ends_at=ago(10), by=by, at=NOON)
    with pytest.raises(UnableToFollowError, match="已经结束"):
        report(town, followed, one, "normal", ago_min=20)
    watching.reopen(number=number, reason="漏记复电", by=by, at=NOON)
    report(town, followed, one, "normal", ago_min=20)

    assert page(town, followed).here.counts["normal"] == 1
    with pytest.raises(NotVisibleError):
        watching.page(number=number, moment=None, state="", page=1, by=town.actor("S2"), at=NOON)


def test_an_outage_names_whom_it_leaves_without_power(town):
    line, _transformer = network(town)
    line.areas.set([town.areas["V1"]])
    fed = customer(town, "ZY1", sources=[Source(feeder_id=line.pk, is_main=True)])
    customer(town, "ZY2")
    by = town.actor("S1")
    outage = record_outage(
        thing="F117", kind="fault", started_at=ago(60), ended_at=None, reason="雷击", by=by, at=NOON
    )
    asked = watching.Asked(
        title="余村线故障",
        occasion_kind="outage",
        occasion_number=outage.number,
        areas=(),
        starts_at=ago(60),
    )
    followed = watching.open_asked(asked=asked, by=by, at=NOON)

    assert list(followed.watched.values_list("customer_id", flat=True)) == [fed.pk]
    assert watching.add_areas(number=followed.number, areas=["V1"], by=by, at=NOON) == 1
    assert page(town, followed).here.total == 2


def test_a_contact_is_forgotten_with_what_he_reported(town):
    one = customer(town, "ZY1", contact="王五", phone="+86 199-8765-0011")
    followed = watch(town, one)
    told = report(town, followed, one, "lost", ago_min=30, reporter="王五来电")

    assert persons.kept("19987650011")[0]["reports"][0][0] == told.number
    assert persons.erase("19987650011") == 1
    assert persons.kept("19987650011") == []
    told.refresh_from_db()
    assert (told.reporter, told.state) == ("", "lost")


@pytest.mark.row("002-12")
def test_checks_before_a_season_run_by_jobs_and_their_findings_become_hazards(town):
    team = town.team("XH", "S1", "inspect")
    pump = customer(town, "ZY1", name="大溪排涝站", kind="pump_station")
    customer(town, "ZY2")
    query = {"grades": ["first"], "key_kinds": ["pump_station"]}
    campaign = frozen(
        town, source="key_customers", query=query, table=None, proofs=[], checklist="", title="汛前"
    )
    by = town.actor("S1")
    opened = opening.open_batch(
        number=campaign.number, area_code="", most=10, is_nearby=False, by=by, at=NOON
    )
    target = Target.objects.select_related("job").get(campaign=campaign)
    assert (opened.opened, target.key_customer, target.job.inspects) == (1, pump, pump.checklist)

    steward = Actor(
        id="s", name="电管家", role=Role.STEWARD, person_number="XH-1", team_codes=frozenset({"XH"})
    )
    visit = Visit.objects.create(
        number="SM-1",
        job=target.job,
        team=team,
        on=TODAY,
        sequence=1,
        arrive_at=NOON,
        depart_at=NOON,
        status="ARRIVED",
    )
    sheet, record = hazards.record(NOON, kind=pump.checklist.code, wrong=("Z07",))
    inspecting.record(visit=visit, sheet=sheet, record=record, by=steward, at=NOON)
    complete(visit=visit, record=Done(), by=steward, at=NOON)
    following.after_visit(visit=visit, by=SYSTEM, at=NOON)

    (((patrol, late),), _) = checks.patrols(by=by, on=TODAY)
    ((check,), _) = checks.checks_of(pump)
    assert (patrol.tally.done, patrol.tally.total, late) == (1, 1, 0)
    assert (len(check.hazards), check.edition) == (1, "重要客户供用电检查 第 1 版")
    assert checks.last_checked([pump.pk]) == {pump.pk: check.done_at}
