"""Dike lights: 44.6 km by 30 people in 3 days, shared, reported from the phone, forecast."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dianliang.core import jobs as background
from dianliang.core.models import AuditEvent
from dianliang.domain.mobilisation.lines import covered, joined
from dianliang.domain.mobilisation.models import LineReport, LineWork, Task
from dianliang.domain.work.models import Job, Plan, Visit
from dianliang.domain.workforce.models import Membership, Person
from dianliang.engines import routing
from dianliang.flows import fieldwork
from dianliang.flows.command.review import review
from dianliang.flows.dispatching import (
    board,
    correcting,
    drafting,
    events,
    lining,
    running,
    tasking,
)
from dianliang.flows.incidents import leading
from dianliang.flows.planning import drafting as planning
from dianliang.kernel.actor import Role
from dianliang.kernel.calendar import SHANGHAI
from dianliang.kernel.errors import InvalidInputError
from tests.flows.dispatching.test_dispatching import urgent
from tests.flows.incidents.things import opened, seen
from tests.town import NOON, TODAY

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)
KEY = "k" * 32
DIKE = "30.40,119.50 30.50,119.60 30.60,119.75"
SHORT = "30.50,119.60 30.518,119.60"
CREWS = ("A", "B", "C", "D", "E", "F")
SIX = NOON - 6 * HOUR


def asked(**changed):
    known = {
        "what": "堤防排灯",
        "path": DIKE,
        "km": "44.6",
        "rate": "0.5",
        "rank": "first",
        "due_h": "72",
        **dict.fromkeys(("people", "skill", "gear", "per_km", "least"), ""),
    }
    return lining.LineAsked(**{**known, **changed})


def crews_of(town, *codes, people=5):
    """Crews of five along the dike, put to a flood."""
    for place, code in enumerate(codes):
        team = town.team(code, "S1", near="V1")
        team.base_lat, team.base_lon = 30.42 + 0.03 * place, 119.53 + 0.03 * place
        team.save()
        for n in range(2, people):
            one = Person.objects.create(number=f"{code}-{n}", name=f"{code}{n}", unit=team.unit)
            Membership.objects.create(team=team, person=one, valid_from=TODAY - timedelta(days=9))
    incident = opened(town, at=SIX)
    leading.assign(
        number=incident.number,
        teams=list(codes),
        rosters=[],
        revision=seen(incident),
        by=town.actor("S1"),
        at=SIX,
    )
    return incident


def chief(town):
    return town.actor("S1", Role.COMMANDER)


def lined(town, incident, at=SIX, **changed):
    by = chief(town)
    one = {"key": KEY, "number": incident.number, "by": by, "at": at}
    number = lining.open_line_once(asked=asked(**changed), **one)
    assert lining.open_line_once(asked=asked(**changed), **one) == number
    return LineWork.objects.get(number=number)


def drafted(town, incident, at=SIX, **changed):
    teams = tuple(incident.teams.values_list("code", flat=True))
    known = {"starts_at": at, "hours": 72, "on_h": 12, "rest_h": 12, "is_halved": False}
    known |= {"teams": teams, "stores": (), "shapes": ""}
    by = chief(town)
    made = drafting.draft(
        number=incident.number, asked=drafting.Asked(**{**known, **changed}), by=by, at=at
    )
    assert background.run_next(owner="test", clock=lambda: at)
    plan = Plan.objects.get(number=made.number)
    assert plan.status == "READY", plan.outcome
    return plan


def told(town, plan, at, **said):
    made = events.tell(number=plan.number, said=events.Happening(**said), by=chief(town), at=at)
    assert background.run_next(owner="test", clock=lambda: at)
    found = Plan.objects.get(number=made)
    assert found.status == "READY", found.outcome
    return found


def forced(town, plan, at=SIX):
    return drafting.put_in_force(number=plan.number, revision=plan.revision, by=chief(town), at=at)


@pytest.mark.row("002-11")
def test_the_dike_of_the_seed_is_planned_whole_and_forecast_for_three_days(town, monkeypatch):
    # No clock: on a core that others share, three seconds can be a hundred turns.
    enough = routing.MaxIterations(limit=40000)
    monkeypatch.setattr(planning, "enough", lambda **_: enough)
    incident = crews_of(town, *CREWS)
    line = lined(town, incident)
    assert line.people == 5
    plan = drafted(town, incident)

    assert not plan.unplanned.exists()
    (row,) = running.lines(incident, plan=plan, at=SIX)
    assert row.planned_m == pytest.approx(44_600)
    assert row.forecast is not None
    ends = row.forecast.middle.astimezone(SHANGHAI)
    assert (ends.date() - TODAY).days == 2
    assert {each.team for each in row.stretches} == {f"{code}队" for code in CREWS}


def crew(town, code):
    """A member of a crew with a phone."""
    return replace(town.actor("S1", Role.STEWARD), id=f"user:{code}-1", person_number=f"{code}-1")


def op(line, key, from_km, to_km, *, team="A", at=NOON):
    return {
        "key": f"{key}-advance",
        "verb": "advance",
        "number": line.number,
        "device_at": at.isoformat(),
        "body": {"team": team, "from_km": from_km, "to_km": to_km},
    }


def sent(town, steps, *, team="A", at=NOON):
    results = fieldwork.sync(steps, by=crew(town, team), at=at)
    return [result.outcome.value for result in results]


def left_of(line):
    """The spans that parts still to be done cover."""
    rows = Task.objects.filter(line=line).exclude(job__status__in=["DONE", "CANCELLED"])
    return joined(rows.values_list("from_m", "to_m"))


def assert_reviewed(town, incident, *, km):
    """The review counts places as tasks, and the line in kilometres."""
    found = review(number=incident.number, by=chief(town), at=NOON)
    assert (sum(row.tasks for row in found.ranks), len(found.undone)) == (3, 3)
    assert [turn.planned for turn in found.turns] == [3, 3]
    assert [(one.length_km, one.done_km) for one in found.lines] == [(1.5, km)]


def test_a_dispatch_mixes_places_and_a_line_and_what_is_reported_is_never_planned_again(
    town, monkeypatch
):
    monkeypatch.setattr(drafting, "SMALL_S", 1)
    incident = crews_of(town, "A", "B", people=2)
    for n in range(3):
        at_pole = urgent(title=f"电杆 {n}", lat=f"30.5{n}", lon="119.6")
        tasking.open_urgent(incident=incident, asked=at_pole, by=chief(town), at=SIX)
    line = lined(town, incident, path="余村村 30.4971,119.609", km="1.5", people="2", rank="second")
    plan = drafted(town, incident, hours=24)
    (row,) = running.lines(incident, plan=plan, at=SIX)
    assert (row.planned_m, row.gaps) == (1500.0, ())
    assert plan.stops.filter(job__task__line=None).count() == 3
    forced(town, plan)
    page = board.overview(number=incident.number, by=chief(town), at=SIX)
    assert (sum(r.total for r in page.ranks), page.live.planned, page.live.km) == (3, 3, 1.5)

    mine = Visit.objects.filter(job__task__line=line).order_by("arrive_at").first()
    team = mine.team.code
    part = mine.job.task
    first = op(line, "one", part.from_m / 1000, part.to_m / 1000, team=team)
    assert sent(town, [first], team=team) == ["applied"]
    assert sent(town, [first], team=team) == ["already"]  # the answer was lost on the way
    again = op(line, "two", part.to_m / 1000, part.from_m / 1000, team=team)
    assert sent(town, [again], team=team) == ["already"]  # another phone of the crew, backwards
    mine.refresh_from_db()
    assert (mine.status, Job.objects.get(pk=mine.job_id).status) == ("DONE", "DONE")
    others = {"A": "B", "B": "A"}[team]
    wide = op(line, "three", 0.1, 0.9, team=others)
    assert sent(town, [wide], team=others) == ["applied"]
    assert LineReport.objects.filter(line=line).count() == 2
    inside = Visit.objects.filter(
        job__task__line=line, job__task__from_m__gte=250, job__task__to_m__lte=750
    )
    assert not inside.filter(status__in=["SCHEDULED", "ACCEPTED"]).exists()

    done = joined(line.reports.values_list("from_m", "to_m"))
    again = drafted(town, incident, at=NOON, hours=24)
    (row,) = running.lines(incident, plan=again, at=NOON)
    planned = [
        (stop.job.task.from_m, stop.job.task.to_m)
        for stop in again.stops.filter(job__task__line=line).select_related("job__task")
    ]
    assert joined(planned) == left_of(line)
    assert all(covered(done, begin, end) == 0 for begin, end in planned)
    assert row.done_m + row.planned_m == pytest.approx(1500)
    assert row.forecast.early <= row.forecast.middle <= row.forecast.late
    forced(town, again, at=NOON)
    assert_reviewed(town, incident, km=row.done_km)
    in_hand = set(again.stops.filter(job__task__line=line).values_list("job__number", "team", "on"))
    after = told(town, again, NOON, urgent=urgent(rank="second", due_h="20"))
    still = set(after.stops.filter(job__task__line=line).values_list("job__number", "team", "on"))
    assert {job for job, _, _ in still ^ in_hand} <= {*after.outcome["repair"]["chosen"]}

    alone = drafted(town, incident, at=NOON, hours=6, teams=("A",))
    (row,) = running.lines(incident, plan=alone, at=NOON)
    assert row.planned_m + sum(gap.km * 1000 for gap in row.gaps) == pytest.approx(row.left_m)
    assert row.gaps
    assert all(gap.reasons and gap.help and gap.person_hours > 0 for gap in row.gaps)
    forced(town, alone, at=NOON)
    assert sent(town, [op(line, "far", 0, 9, team=team)], team=team) == ["refused"]
    assert sent(town, [op(line, "other", 0, 1, team="C")], team=team) == ["refused"]


SPANS = st.lists(st.tuples(st.integers(0, 200), st.integers(0, 200)), min_size=1, max_size=5)


@settings(
    max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(SPANS)
def test_whatever_is_reported_the_parts_are_what_is_left(town, spans):
    with transaction.atomic():
        incident = crews_of(town, "A", people=2)
        line = lined(town, incident, path=SHORT, km="2", gear="LTW", per_km="4")
        for n, (begin, end) in enumerate(spans):
            sent(town, [op(line, f"span{n}xx", begin / 100, end / 100)])
        done = joined(line.reports.values_list("from_m", "to_m"))
        rows = Task.objects.filter(line=line).exclude(job__status="DONE").select_related("job")
        left = sum(row.to_m - row.from_m for row in rows)
        assert left + sum(b - a for a, b in done) == pytest.approx(2000, abs=2 * len(spans))
        assert all(covered(done, row.from_m, row.to_m) < 1e-6 for row in rows)
        assert sum(line.reports.values_list("new_m", flat=True)) == pytest.approx(
            sum(b - a for a, b in done)
        )
        whole = (row.to_m - row.from_m for row in rows)
        assert all(
            row.job.duration_min >= m * line.s_per_km / 6e4 - 1
            for row, m in zip(rows, whole, strict=True)
        )
        transaction.set_rollback(True)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"path": "余村村"}, "path"),
        ({"path": "没有这个村 余村村"}, "path"),
        ({"path": "30.5,119.6 95,200"}, "path"),
        ({"km": "-1"}, "km"),
        ({"rate": "很快"}, "rate"),
        ({"rank": "x"}, "rank"),
        ({"what": ""}, "what"),
        ({"path": " ".join(["-89,-179 89,179"] * 200), "km": "1"}, "path"),  # round the globe
        ({"path": "30.5,119.6 31.5,119.6", "km": "111"}, "path"),  # out of the county
        ({"path": SHORT, "km": "200"}, "km"),
        ({"path": SHORT, "km": "1e-9"}, "km"),
        ({"path": "30.5,119.6 30.5,119.6001", "km": ""}, "km"),
        ({"people": "0.4"}, "people"),
        ({"rate": "1e-7"}, "rate"),
        ({"path": "30.4,119.5 30.6,119.7 " * 5, "km": "400", "people": "2"}, "rate"),
    ],
)
def test_a_line_that_makes_no_sense_is_refused_with_the_field(town, change, field):
    incident = opened(town, at=SIX)
    with pytest.raises(InvalidInputError) as refused:
        lining.open_line(number=incident.number, asked=asked(**change), by=chief(town), at=SIX)
    assert refused.value.field == field
    assert "最短分段" not in refused.value.message
    assert not LineWork.objects.exists()


def test_parts_end_where_a_card_can_say_it(town):
    line = lined(town, crews_of(town, "A", people=2), path=SHORT, km="1.5084", people="2")

    marks = joined(Task.objects.filter(line=line).values_list("from_m", "to_m"))
    assert (line.length_m, marks) == (1510.0, [(0.0, 1510.0)])
    ends = Task.objects.filter(line=line).values_list("to_m", flat=True)
    assert len(ends) > 5
    assert all(end % 10 == 0 for end in ends)


def spans_of(line, *states):
    rows = Task.objects.filter(line=line, job__status__in=states)
    return joined(rows.values_list("from_m", "to_m"))


def correct(town, line, report, reason="报错了"):
    made = {"number": line.incident.number, "report": str(report.pk), "reason": reason}
    return correcting.take_back(**made, by=chief(town), at=NOON + HOUR)


def test_what_was_reported_by_mistake_is_taken_back_and_a_line_is_given_up(town):
    incident = crews_of(town, "A", "B", people=2)
    line = lined(town, incident, path=SHORT, km="2", gear="LTW", per_km="4")
    early = NOON - 30 * HOUR
    assert sent(town, [op(line, "much", 0, 1.83, at=early)]) == ["applied"]
    assert sent(town, [op(line, "true", 0.1, 0.3, team="B")], team="B") == ["already"]
    wrong, true = line.reports.order_by("pk")
    assert (wrong.told_at, wrong.on, true.new_m) == (line.opened_at, TODAY, 0)

    with pytest.raises(InvalidInputError):
        correct(town, line, wrong, reason="")
    correct(town, line, wrong)
    true.refresh_from_db()
    assert true.new_m == pytest.approx(200)
    assert spans_of(line, "OPEN") == [(0, 100), (300, 2000)]
    again = Task.objects.filter(line=line, job__status="OPEN", to_m__lte=1800)
    assert all(row.kind.code == "LTW" and row.quantity >= 1 for row in again)
    with pytest.raises(InvalidInputError):
        correct(town, line, wrong)
    trail = AuditEvent.objects.get(verb="mobilisation.linework.take_back")
    assert (trail.before, "报错了" in trail.reason) == ("0–1830", True)

    asked = {"number": incident.number, "line": line.number, "reason": "险情解除"}
    correcting.cancel_line(**asked, by=chief(town), at=NOON)
    (row,) = running.lines(incident, plan=None, at=NOON)
    assert (row.cancelled_at, row.forecast, row.done) == (NOON, None, ("K0.1–K0.3",))
    assert spans_of(line, "OPEN", "SCHEDULED") == []
    with pytest.raises(InvalidInputError):
        correcting.cancel_line(**asked, by=chief(town), at=NOON)


def test_the_numbers_on_a_card_finish_its_part_though_it_ends_between(town):
    """A part that was cut to the metre before parts ended at ten of them."""
    line = lined(town, crews_of(town, "A", people=2), path=SHORT, km="2")
    part = Task.objects.filter(line=line, from_m__gte=1000).order_by("from_m").first()
    begin, end = part.from_m - 1.57, part.to_m + 2.4
    Task.objects.filter(line=line, to_m=part.from_m).update(to_m=begin)
    Task.objects.filter(line=line, from_m=part.to_m).update(from_m=end)
    Task.objects.filter(pk=part.pk).update(from_m=begin, to_m=end)

    shown = (round(begin / 1000, 2), round(end / 1000, 2))
    assert sent(town, [op(line, "card", *shown)]) == ["applied"]
    part.job.refresh_from_db()
    assert part.job.status == "DONE"
    assert left_of(line) == [(0, begin), (end, 2000)]


@pytest.mark.parametrize(("code", "counts"), [("cut_off", False), ("full", True)])
def test_more_crews_are_offered_only_where_time_is_short(code, counts):
    work = LineWork(length_m=1000, km_per_person_day=0.5, day_h=10, people=2)
    said = running._help(work, 40.0, "", parts=4, is_short={code} <= running.CREWS_HELP)
    assert ("支队伍" in said) == counts


def test_a_line_past_its_time_is_late_though_nobody_can_forecast_it(town):
    """Nobody is planned for it, so there is no forecast; the commander is warned all the same."""
    incident = crews_of(town, "A", people=2)
    line = lined(town, incident, path=SHORT, km="2", due_h="4")

    def row(at):
        (found,) = running.lines(incident, plan=None, at=at)
        return found

    assert [row(SIX + hours * HOUR).is_late for hours in (0, 4)] == [False, False]
    late = row(SIX + 5 * HOUR)
    assert (late.forecast, late.is_late, late.is_overdue) == (None, True, True)
    assert sent(town, [op(line, "all", 0, 2)]) == ["applied"]
    assert not row(SIX + 5 * HOUR).is_late  # all is done: there is nothing to warn of
