"""Every job that is left out names what binds it and ways out; one press makes a way hold."""

from datetime import datetime, time, timedelta

import pytest
from django.utils import translation

from dianliang.domain.work.models import Job, Plan
from dianliang.domain.work.operations.plans import UnableToPlanError
from dianliang.domain.work.queries.plan_page import plan_page
from dianliang.domain.workforce.models import Absence, Certificate, Person, Team
from dianliang.flows.planning import drafting, editing
from dianliang.kernel.calendar import SHANGHAI
from dianliang.kernel.periods import TimeWindow
from dianliang.kernel.phrases import phrase_of
from tests.english import left_in_chinese
from tests.flows.planning.test_planning import TOMORROW, computed, draft, job, publish, replan
from tests.town import NOON


def at(hour, *, day=TOMORROW):
    return datetime.combine(day, time(), SHANGHAI) + timedelta(hours=hour)


def use(town, plan, wanted, choice=0):
    plan.refresh_from_db()
    return editing.use_fix(
        number=plan.number,
        revision=plan.revision,
        job_number=wanted.number,
        choice=choice,
        by=town.actor(),
        at=NOON,
    )


def undo(town, plan, wanted):
    plan.refresh_from_db()
    return editing.undo_fix(
        number=plan.number,
        revision=plan.revision,
        job_number=wanted.number,
        by=town.actor(),
        at=NOON,
    )


def full_day(town, *, minutes=100, count=5, **rest):
    return [job(town, f"长活{i}", duration_min=minutes, **rest) for i in range(count)]


def test_every_way_out_of_a_crowded_day_holds_when_pressed_and_after_a_new_computation(two_teams):
    Team.objects.filter(code="A").update(overtime_max_min=30)
    crowd = full_day(two_teams, count=7, minutes=110)
    odd = [
        job(two_teams, "夜里才有人", windows=[TimeWindow(at(19), at(21))]),
        job(two_teams, "燃气", skill="gas"),
        job(two_teams, "要吊车", gear={"吊车": 1}),
        job(two_teams, "小事", priority=Job.Priority.MAY, duration_min=100),
    ]
    plan = computed(draft(two_teams, [*crowd, *odd]))
    wanted = [left.job for left in plan.unplanned.select_related("job")]
    kinds = set()
    for out, choice in [(out, choice) for out in wanted for choice in range(4)]:
        left = plan.unplanned.filter(job=out).first()
        fixes = [left.fix, *left.other_fixes] if left and left.fix else []
        if choice >= len(fixes):
            continue
        kinds.add(fixes[choice]["kind"])
        use(two_teams, plan, out, choice)
        assert plan.stops.filter(job=out).exists(), fixes[choice]
        computed(replan(two_teams, plan))
        assert plan.stops.filter(job=out).exists(), fixes[choice]
        undo(two_teams, plan, out)
        assert not plan.stops.filter(job=out).exists()

    assert kinds >= {"skill", "gear", "another_day", "overtime"}


def test_a_lesser_job_that_gives_way_is_still_listed_and_comes_back_when_undone(two_teams):
    lesser = [
        job(two_teams, f"可缓{i}", priority=Job.Priority.MAY, duration_min=200) for i in range(2)
    ]
    plan = computed(draft(two_teams, lesser, teams=("A",)))
    urgent = job(two_teams, "必须", priority=Job.Priority.MUST, duration_min=300)
    plan.jobs.add(urgent)
    plan.stops.update(is_locked=True)
    computed(replan(two_teams, plan))
    plan.stops.update(is_locked=False)
    for line in lesser:
        plan.refresh_from_db()
        editing.set_lock(
            number=plan.number,
            revision=plan.revision,
            job_number=line.number,
            is_locked=False,
            by=two_teams.actor(),
            at=NOON,
        )
    editing.remove(
        number=plan.number,
        revision=Plan.objects.get().revision,
        job_number=lesser[0].number,
        by=two_teams.actor(),
        at=NOON,
    )
    left = plan.unplanned.get(job=urgent)
    fixes = [left.fix, *left.other_fixes]
    choice = next(i for i, fix in enumerate(fixes) if fix["kind"] == "displace")

    use(two_teams, plan, urgent, choice)

    away = plan.unplanned.get(job=lesser[1])
    assert phrase_of(away.reasons[0]["words"]) == f"为 {urgent.number} 让位，撤销该办法即可恢复。"
    undo(two_teams, plan, urgent)
    assert not any(u.reasons[0]["code"] == "displaced" for u in plan.unplanned.all())


def test_words_name_teams_and_skills_as_people_know_them(two_teams):
    plan = computed(draft(two_teams, [job(two_teams, skill="gas")]))

    left = plan.unplanned.get()

    reason, fix = phrase_of(left.reasons[0]["words"]), phrase_of(left.fix["words"])
    assert "燃气" in reason
    assert "gas" not in reason + fix
    assert "A队" in fix or "B队" in fix


def test_what_is_left_out_and_who_goes_is_said_in_the_language_of_the_reader(two_teams):
    plan = computed(draft(two_teams, [job(two_teams, skill="gas"), job(two_teams, area="V2")]))
    page = plan_page(plan.number, by=two_teams.actor())

    (left,) = page.left_out
    whys = [stop.why for lane in page.lanes for stop in lane.stops]
    told = [*left.reasons, *(fix.words for fix in left.fixes), *whys]

    assert len(told) >= 3
    assert left_in_chinese(told) == []
    with translation.override("en"):
        assert left.reasons[0].said(translation.gettext).endswith("has a valid skill “燃气维修”.")


def test_sentences_of_old_stay_as_they_were_written(two_teams):
    plan = computed(draft(two_teams, [job(two_teams, skill="gas"), job(two_teams, area="V2")]))
    plan.unplanned.update(reasons=[{"code": "no_skill", "words": "没有人会"}], fix=None)
    plan.stops.update(why="最近的队伍", why_parts=None)

    page = plan_page(plan.number, by=two_teams.actor())

    assert page.left_out[0].reasons == ("没有人会",)
    assert [stop.why for lane in page.lanes for stop in lane.stops] == ["最近的队伍"]


def test_another_day_is_only_offered_when_the_team_is_there_and_free(two_teams):
    after = TOMORROW + timedelta(days=1)
    for person in Person.objects.filter(number__startswith="A"):
        Absence.objects.create(person=person, first_on=after, last_on=after, reason="培训")
    busy = job(two_teams, "后天已有")
    publish(
        two_teams, computed(draft(two_teams, [busy], teams=("B",), day=after + timedelta(days=1)))
    )
    wanted = job(two_teams, windows=[TimeWindow(at(19), at(21))])

    plan = computed(draft(two_teams, [wanted]))

    left = plan.unplanned.get()
    days = {
        (fix["team_id"], fix["on"])
        for fix in [left.fix, *left.other_fixes]
        if fix["kind"] == "another_day"
    }
    assert days <= {("B", after.isoformat()), ("A", (after + timedelta(days=1)).isoformat())}
    assert days


def test_another_day_once_chosen_is_published_on_that_day(two_teams):
    wanted = job(two_teams, windows=[TimeWindow(at(19), at(21))])
    plan = computed(draft(two_teams, [wanted]))
    left = plan.unplanned.get()
    fixes = [left.fix, *left.other_fixes]
    choice = next(i for i, fix in enumerate(fixes) if fix["kind"] == "another_day")

    (visit,) = publish(two_teams, use(two_teams, plan, wanted, choice))

    assert visit.on.isoformat() == fixes[choice]["on"]


def test_a_way_out_that_helps_no_longer_is_refused_in_words(two_teams):
    wanted = job(two_teams, skill="gas")
    plan = computed(draft(two_teams, [wanted]))
    for person in Person.objects.all():
        Absence.objects.create(person=person, first_on=TOMORROW, last_on=TOMORROW, reason="培训")

    with pytest.raises(UnableToPlanError, match="放不下"):
        use(two_teams, plan, wanted)
    with pytest.raises(UnableToPlanError, match="没有这个办法"):
        use(two_teams, plan, wanted, choice=99)


def test_a_certificate_that_ends_within_the_plan_counts_until_then(two_teams):
    Certificate.objects.filter(skill__code="care").update(expires_on=TOMORROW + timedelta(days=1))
    late = job(two_teams, skill="care", windows=[TimeWindow(at(33), at(40))])
    early = job(two_teams, skill="care")
    plan = computed(
        drafting.draft_plan(
            job_numbers=[late.number, early.number],
            team_codes=["A", "B"],
            first_on=TOMORROW,
            last_on=TOMORROW + timedelta(days=1),
            seconds=1,
            by=two_teams.actor(),
            at=NOON,
        )
    )

    assert plan.stops.get().job == early
    assert plan.stops.get().on == TOMORROW
    assert plan.unplanned.get().job == late


def foreseen(town, jobs, teams=("A", "B")):
    return {
        line.job.number: line
        for line in drafting.foresee(
            job_numbers=[j.number for j in jobs],
            team_codes=teams,
            first_on=TOMORROW,
            last_on=TOMORROW,
            by=town.actor(),
            at=NOON,
        )
    }


def test_what_can_never_work_is_found_before_computing(two_teams):
    fine = job(two_teams)
    wrong = {
        "时段不在班次": (
            job(two_teams, windows=[TimeWindow(at(19), at(21))]),
            "不在 2 支可选队伍的班次之内",
        ),
        "时段太短": (
            job(two_teams, windows=[TimeWindow(at(9), at(9.2))]),
            "短于作业时长 45 分钟",
        ),
        "时段已过": (
            job(two_teams, windows=[TimeWindow(at(-20), at(-18))]),
            "不在 2 支可选队伍的班次之内",
        ),
        "没有技能": (job(two_teams, skill="gas"), "燃气"),
        "没有装备": (job(two_teams, gear={"吊车": 1}), "吊车×1"),
        "太长": (job(two_teams, duration_min=700), "700 分钟"),
    }

    found = foreseen(two_teams, [fine, *[j for j, _ in wrong.values()]])

    assert fine.number not in found
    for wanted, words in wrong.values():
        assert words in found[wanted.number].reasons[0]["words"]
    assert found[wrong["时段太短"][0].number].fix["words"]


def test_nobody_there_is_said_as_such(two_teams):
    for person in Person.objects.all():
        Absence.objects.create(person=person, first_on=TOMORROW, last_on=TOMORROW, reason="培训")
    wanted = job(two_teams)

    (line,) = foreseen(two_teams, [wanted]).values()

    assert "没有队伍在岗" in line.reasons[0]["words"]
