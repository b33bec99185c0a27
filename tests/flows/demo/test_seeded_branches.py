"""The figures of the seeds come out of the demo county's records: nothing is typed in."""

from datetime import timedelta

import pytest

from dianliang.core.models import User
from dianliang.domain.branches.models import Belonging, Pairing
from dianliang.domain.branches.queries import links, meetings, register, topics
from dianliang.domain.brands import queries as brands
from dianliang.domain.honours.queries.calls import calls
from dianliang.domain.honours.queries.register import Asked, honours
from dianliang.domain.hours.models import HourRecord
from dianliang.domain.ledger.models import Award
from dianliang.domain.talks import queries as talks
from dianliang.domain.voices import queries as voices
from dianliang.flows import identity
from dianliang.flows.brands.keeping import page as brand_page
from dianliang.flows.ledgers import records
from dianliang.flows.rosters import own
from dianliang.flows.themes import tables
from dianliang.flows.themes.report import report
from tests.demo import AT, TODAY


@pytest.mark.row("004-02")
@pytest.mark.row("000-23")
def test_the_demo_county_has_the_figures_of_the_seeds_counted_from_its_records(demo):
    clerk = identity.actor_of(User.objects.get(username="party"), on=TODAY)
    assert clerk is not None

    page = register.register(view="ordinary", by=clerk, on=TODAY)
    figures = page.indicators
    assert (figures.branches, figures.temporary, figures.members) == (13, 1, 311)
    assert sum(row.members for row in page.rows) == 311
    modes = {code: count for code, _, count in figures.by_mode}
    assert (figures.pairings, modes["learning"], modes["building"]) == (59, 18, 14)
    assert (figures.representatives, figures.without_representative) == (8, 1)
    assert dict(figures.by_way) == {"挂职": 28, "下派党建代表": 8}
    assert figures.topics == 8
    assert {row.name[:2] for row in page.gaps} == {"建设", "孝丰"}

    shown = links.alliances(by=clerk, on=TODAY)
    assert len(shown) == 8
    outside = [row.outside for row in shown]
    assert sum(dict(row).get("先后互学", 0) for row in outside) == 18
    assert sum(dict(row).get("左右互建", 0) for row in outside) == 14
    assert not any(row.lacks for row in shown)
    assert len(topics.topics(view="measured", by=clerk, on=TODAY).rows) == 3
    assert meetings.tasks(view="late", by=clerk, on=TODAY).counts["late"] > 0

    year = {"since": TODAY - timedelta(days=365), "until": TODAY}
    five = report(code="GC5", **year, by=clerk)
    assert [line.code for line in five.lines] == [f"GC5-{n}" for n in range(1, 6)]
    assert all(line.records for line in five.lines)
    for line in five.lines:
        for figure, cell in zip(five.columns, line.cells, strict=True):
            chosen = tables.Chosen(theme=line.code, figure=figure.code, **year)
            behind = tables.behind(chosen=chosen, by=clerk)
            assert len(behind) == cell.records
            assert sum(row.values[figure.code] for row in behind) == cell.value

    held = talks.figures(since=TODAY - timedelta(days=99), until=TODAY, by=clerk, on=TODAY)
    assert sum(row.held for row in held) == 9
    assert (
        sum(row.overdue for row in held)
        == talks.book(by=clerk, on=TODAY, view="overdue").counts["overdue"]
    )
    asked = Asked(since=TODAY - timedelta(days=365), until=TODAY)
    levels = {code: count for code, _, count in honours(asked=asked, by=clerk).levels}
    assert levels == {"state": 1, "province": 2, "city": 1, "county": 0, "company": 0}
    shown_brands = brands.public()
    assert len(shown_brands) == 6
    first = shown_brands[0].number
    assert brand_page(number=first, by=clerk, **year).report.whole.records == 4
    (call,) = calls(view="open", by=clerk)[0]
    assert (call.status, call.nominees) == ("VOTING", 4)
    assert len(voices.desk(by=clerk, view="all", on=TODAY, at=AT)[0]) == 3

    # One member less, one pairing less: the figures follow the records.
    Belonging.objects.filter(pk=Belonging.objects.first().pk).delete()
    Pairing.objects.filter(pk=Pairing.objects.last().pk).update(status="STOPPED", ended_on=TODAY)
    later = register.register(view="ordinary", by=clerk, on=TODAY).indicators
    assert (later.members, later.pairings) == (310, 58)
    _points_follow_from_published_hours_and_meetings(clerk)
    _the_steward_has_turns_ahead_of_him()


def _points_follow_from_published_hours_and_meetings(clerk):
    """Row 004-10 in the seeded county: each point opens the record that it follows from."""
    found = Award.objects.values_list("source_kind", "source_number", "rule__basis").distinct()
    kinds = {kind for kind, _, _ in found}
    assert {"hours", "activity", "session", "task"} <= kinds
    timed = [number for _, number, basis in found if basis == "hours"]
    assert HourRecord.objects.filter(number__in=timed, status="PUBLISHED").count() == len(timed)
    for kind in sorted(kinds):
        number = next(number for each, number, _ in found if each == kind)
        assert records.record(kind=kind, number=number, by=clerk).facts, kind


def _the_steward_has_turns_ahead_of_him():
    steward = identity.actor_of(User.objects.get(username="steward"), on=TODAY)
    assert steward is not None
    assert own.own(by=steward, at=AT).turns
