"""What other planning products are known to get wrong, and how computations survive."""

from datetime import date, timedelta

import pytest

from dianliang.core import jobs as background
from dianliang.core.models import BackgroundJob
from dianliang.domain.work.models import Job, Plan
from dianliang.domain.work.operations import plans as operations
from dianliang.domain.work.operations.plans import UnableToPlanError
from dianliang.domain.workforce.models import Team
from dianliang.engines import routing
from dianliang.flows.planning import computing, drafting, editing
from dianliang.kernel.errors import IllegalTransitionError, InvalidInputError, StaleStateError
from dianliang.kernel.periods import TimeWindow
from dianliang.kernel.phrases import phrase_of
from tests.flows.planning.test_fixes import at
from tests.flows.planning.test_planning import TOMORROW, computed, draft, job, publish, replan
from tests.town import NOON, TODAY


def test_a_job_without_a_promise_is_planned_like_any_other(two_teams):
    wanted = job(two_teams, due_at=None)

    assert computed(draft(two_teams, [wanted])).stops.get().job == wanted


@pytest.mark.parametrize("days", [1, 5, 60])
@pytest.mark.parametrize("priority", Job.Priority)
def test_a_job_long_overdue_is_planned_late_rather_than_never(two_teams, days, priority):
    wanted = job(two_teams, priority=priority)
    Job.objects.filter(pk=wanted.pk).update(
        opened_at=NOON - timedelta(days=days + 1), due_at=NOON - timedelta(days=days)
    )

    line = computed(draft(two_teams, [wanted])).stops.get()

    assert line.late_s > days * 80_000


def test_the_only_free_gap_of_a_day_is_used(two_teams):
    Team.objects.update(lunch_min=0)
    jobs = [
        job(two_teams, "前", duration_min=60, windows=[TimeWindow(at(8.5), at(9.5))]),
        job(two_teams, "空档里", duration_min=60),
        job(two_teams, "后", duration_min=414, windows=[TimeWindow(at(10.6), at(17.5))]),
    ]

    plan = computed(draft(two_teams, jobs, teams=("A",)))

    assert [line.job.title for line in plan.stops.order_by("sequence")] == ["前", "空档里", "后"]


def test_a_customer_who_is_home_on_one_day_of_three_is_visited_on_that_day(two_teams):
    middle = TOMORROW + timedelta(days=1)
    wanted = job(two_teams, windows=[TimeWindow(at(14, day=middle), at(15, day=middle))])
    plan = drafting.draft_plan(
        job_numbers=[wanted.number],
        team_codes=["A"],
        first_on=TOMORROW,
        last_on=TOMORROW + timedelta(days=2),
        seconds=1,
        by=two_teams.actor(),
        at=NOON,
    )

    line = computed(plan).stops.get()

    assert (line.on, line.start_at) == (middle, at(14, day=middle))


def test_gear_that_runs_out_is_said_not_swallowed(two_teams):
    team = two_teams.teams["A"]
    team.gear = {"发电机": 1}
    team.save()
    jobs = [job(two_teams, f"停电{i}", gear={"发电机": 1}) for i in range(2)]

    plan = computed(draft(two_teams, jobs, teams=("A",)))

    assert plan.stops.count() == 1
    assert "发电机" in phrase_of(plan.unplanned.get().reasons[0]["words"])


def test_every_job_asked_for_is_either_planned_or_explained(two_teams):
    jobs = [job(two_teams, f"第{i}户", duration_min=90) for i in range(14)]

    plan = computed(draft(two_teams, jobs))

    planned = set(plan.stops.values_list("job", flat=True))
    explained = {left.job_id for left in plan.unplanned.all() if left.reasons[0]["words"]}
    assert planned | explained == {j.pk for j in jobs}
    assert not planned & explained


@pytest.mark.parametrize(
    ("first_on", "last_on", "field", "words"),
    [
        (TODAY - timedelta(days=1), TODAY, "first_on", "已经过去"),
        (TOMORROW, TODAY, "last_on", "早于起日"),
        (TOMORROW, TOMORROW + timedelta(days=399), "last_on", "最多 7 天，现为 400 天"),
        (date(9999, 12, 31), date(9999, 12, 31), "first_on", "太远"),
        (date(1, 1, 1), date(9999, 12, 31), "first_on", "已经过去"),
    ],
)
def test_impossible_days_are_refused_in_words(two_teams, first_on, last_on, field, words):
    wanted = job(two_teams)

    with pytest.raises(InvalidInputError, match=words) as refusal:
        drafting.draft_plan(
            job_numbers=[wanted.number],
            team_codes=["A"],
            first_on=first_on,
            last_on=last_on,
            seconds=1,
            by=two_teams.actor(),
            at=NOON,
        )

    assert refusal.value.field == field
    assert not Plan.objects.exists()


def test_unknown_jobs_are_named(two_teams):
    with pytest.raises(InvalidInputError, match="GD-NOPE"):
        drafting.draft_plan(
            job_numbers=["GD-NOPE"],
            team_codes=["A"],
            first_on=TOMORROW,
            last_on=TOMORROW,
            seconds=1,
            by=two_teams.actor(),
            at=NOON,
        )


def test_a_computation_whose_worker_was_killed_is_taken_over_and_stored_once(two_teams):
    plan = draft(two_teams, [job(two_teams)])
    BackgroundJob.objects.update(
        status="running",
        attempts=1,
        lease_owner="killed",
        lease_until=NOON + timedelta(seconds=60),
        progress_share=0.4,
    )

    assert not background.run_next(owner="other", clock=lambda: NOON + timedelta(seconds=59))
    assert background.run_next(owner="other", clock=lambda: NOON + timedelta(seconds=61))

    plan.refresh_from_db()
    assert (plan.status, plan.stops.count(), plan.revision) == ("READY", 1, 3)


def test_a_worker_that_comes_back_from_the_dead_cannot_overwrite_a_newer_result(two_teams):
    plan = draft(two_teams, [job(two_teams)])
    zombie = Plan.objects.get()
    computed(plan)
    computed(replan(two_teams, plan))

    with pytest.raises((StaleStateError, IllegalTransitionError)):
        operations.keep_result(
            plan=zombie,
            stops=[],
            left_out=[],
            outcome={},
            solver="x",
            by=two_teams.actor(),
            at=NOON,
        )

    assert plan.stops.count() == 1


def test_a_computation_that_keeps_dying_says_so_and_can_be_started_again(two_teams):
    plan = draft(two_teams, [job(two_teams)])
    BackgroundJob.objects.update(
        status="running", attempts=3, lease_owner="killed", lease_until=NOON - timedelta(seconds=1)
    )

    background.run_next(owner="other", clock=lambda: NOON)

    plan.refresh_from_db()
    assert plan.status == "FAILED"
    assert "多次中断" in plan.outcome["error"]
    computed(replan(two_teams, plan))


def test_a_cancelled_computation_keeps_the_result_there_was(two_teams):
    plan = computed(draft(two_teams, [job(two_teams)]))
    before = list(plan.stops.values_list("job", "start_at"))
    replan(two_teams, plan)

    drafting.cancel_solving(number=plan.number, by=two_teams.actor(), at=NOON)

    plan.refresh_from_db()
    assert (plan.status, list(plan.stops.values_list("job", "start_at"))) == ("READY", before)
    assert not background.run_next(owner="w", clock=lambda: NOON)
    publish(two_teams, plan)


def test_a_computation_can_be_ended_early_with_the_best_so_far(two_teams, monkeypatch):
    plan = draft(two_teams, [job(two_teams)])
    Plan.objects.update(seconds=300)
    monkeypatch.setattr(computing, "LEAST_PATIENCE", 10**12)
    drafting.finish_solving(number=plan.number, by=two_teams.actor(), at=NOON)

    computed(plan)

    assert plan.stops.count() == 1
    assert plan.outcome["solved_s"] < 60


def test_of_two_who_compute_again_at_once_one_is_told(two_teams):
    plan = computed(draft(two_teams, [job(two_teams)]))
    seen = {"number": plan.number, "revision": plan.revision, "by": two_teams.actor(), "at": NOON}
    drafting.replan(**seen)

    with pytest.raises((StaleStateError, IllegalTransitionError)):
        drafting.replan(**seen)

    assert BackgroundJob.objects.filter(status="queued").count() == 1


def test_a_plan_whose_days_are_over_is_not_computed_again(two_teams):
    plan = computed(draft(two_teams, [job(two_teams)]))

    with pytest.raises(UnableToPlanError, match="已经过去"):
        drafting.replan(
            number=plan.number,
            revision=plan.revision,
            by=two_teams.actor(),
            at=NOON + timedelta(days=9),
        )


def test_a_locked_or_confirmed_visit_says_why_it_cannot_be_moved(two_teams):
    wanted = job(two_teams)
    plan = computed(draft(two_teams, [wanted], teams=("A",)))
    act = {"number": plan.number, "job_number": wanted.number, "by": two_teams.actor(), "at": NOON}
    editing.set_lock(**act, revision=plan.revision, is_locked=True)

    with pytest.raises(UnableToPlanError, match="已锁定，请先解锁"):
        editing.remove(**act, revision=plan.revision + 1)


def test_a_job_left_out_can_be_put_in_by_hand(two_teams):
    wanted, other = job(two_teams), job(two_teams, "另一户")
    plan = computed(draft(two_teams, [wanted, other], teams=("A",)))
    act = {"number": plan.number, "job_number": wanted.number, "by": two_teams.actor(), "at": NOON}
    editing.remove(**act, revision=plan.revision)
    assert plan.unplanned.get().job == wanted

    editing.move(**act, revision=plan.revision + 1, team_code="A", on=TOMORROW, position=2)

    assert plan.stops.get(job=wanted).sequence == 2


def test_the_plan_keeps_what_made_it(two_teams):
    plan = computed(draft(two_teams, [job(two_teams)]))

    assert plan.solver == routing.VERSION
    assert plan.outcome["weights"]["unassigned_must"] == routing.Weights().unassigned_must
    assert plan.outcome["objective"]["unassigned_must"] == 0
    assert plan.outcome["iterations"] > 0
    assert plan.outcome["bound"]["total"] <= plan.outcome["objective"]["total"] + 1e-6
    assert plan.outcome["bound"]["unassigned_must"] == 0
