"""Triage learns beside people's work, is measured before it is used, and a person may go back."""

from copy import copy
from datetime import timedelta
from functools import cache
from itertools import count

import pytest
from django.core.management import CommandError, call_command

from dianliang.core import jobs
from dianliang.core.models import AuditEvent, BackgroundJob
from dianliang.domain.catalog.models import Service
from dianliang.domain.intake.models import Decision, LearntModel, Need, Suggestion
from dianliang.domain.intake.operations import learning as operations
from dianliang.domain.intake.queries import learning as queries
from dianliang.flows import learning, triage, worker
from dianliang.kernel.actor import SYSTEM, Role
from dianliang.kernel.errors import InvalidInputError, NotYourTurnError
from tests.town import NOON

pytestmark = pytest.mark.django_db
taught_once = cache(learning.engine.teach)
THINGS = {
    "PWR-OUTAGE": ("整栋楼没有亮光", "屋里一片漆黑", "冰箱都化冻了", "空调停转"),
    "PWR-METER": ("扣款数目不对", "这个月收多了", "账目看不懂", "发票没有给"),
    "WTR-LEAK": ("地上一直冒泡", "墙角渗湿了", "龙头滴个不停", "院里积了一摊"),
}
WHEN = ("昨天晚上", "今早起来", "从周一开始", "刚才", "下班回来", "吃饭的时候", "半夜里")
WHO = ("老王家", "我家", "邻居", "小店", "楼上", "二叔", "诊所")


@pytest.fixture
def admin(town):
    return town.actor("LM", Role.ADMINISTRATOR)


def decide(town, many, *, of=tuple(THINGS), first=0, at=NOON, wrong=0, is_tacit=False):
    """Store needs with what a person chose, or let pass; in the first `wrong` of ten, a slip."""
    codes = list(of)
    needs, choices = [], []
    for number in range(first, first + many):
        code = codes[number % len(codes)]
        thing = THINGS[code][number % 4]
        need = copy(town.template)
        need.pk, need.number = None, f"XQ-{number}"
        need.text = f"{WHEN[number % 7]}{WHO[number // 7 % 7]}{thing}，第{number}回"
        needs.append(need)
        choices.append(codes[(number + 1) % len(codes)] if number % 10 < wrong else code)
    suggestions = Suggestion.objects.bulk_create(
        Suggestion(need=need, at=at, version="t", body={})
        for need in Need.objects.bulk_create(needs)
    )
    Decision.objects.bulk_create(
        Decision(
            suggestion=suggestion,
            at=at,
            by_id="1",
            by_name="某人",
            aspect="service",
            chosen=chosen,
            is_tacit=is_tacit,
        )
        for suggestion, chosen in zip(suggestions, choices, strict=True)
    )


@pytest.fixture(autouse=True)
def template(town, monkeypatch):
    """A need to write others like; what the same decisions teach is learnt once."""
    town.template = town.post("余村村想问一件事", area_code="V1")
    monkeypatch.setattr(learning.engine, "teach", taught_once)


def learn(at=NOON):
    return learning.learn(by=SYSTEM, at=at)


def in_use():
    return queries.in_use()


def test_what_people_chose_is_proposed_after_learning(town):
    asked = "半夜里老王家冰箱都化冻了"
    assert triage.prepared().first(asked) != "PWR-OUTAGE"

    decide(town, 120)
    row = learn()

    assert row.status == "IN_USE"
    assert row.figures["all"]["texts"] == 120
    assert row.figures["all"]["after_right"] > row.figures["all"]["before_right"]
    assert triage.prepared().first(asked) == "PWR-OUTAGE"
    assert triage.suggest(asked).version.endswith("/120")


def test_only_the_last_choice_for_a_need_teaches(town):
    decide(town, 4)
    last = Decision.objects.order_by("-pk").first()
    again = Decision.objects.get(pk=last.pk)
    again.pk, again.chosen = None, "PWR-METER"
    again.save(force_insert=True)

    chosen = {row.decision_id: row.service_code for row in queries.decided(most=100)}
    assert len(chosen) == 4
    assert last.pk not in chosen
    assert chosen[again.pk] == "PWR-METER"
    assert len(queries.decided(most=2)) == 2


def again(decision, **changes):
    """Store one more decision about the same need."""
    for name, value in {"pk": None, **changes}.items():
        setattr(decision, name, value)
    decision.save(force_insert=True)
    return decision


def test_to_accept_needs_without_a_look_is_no_choice(town):
    decide(town, 60, is_tacit=True)

    assert queries.decided(most=100) == ()
    assert queries.decisions_since(0) == 0
    assert queries.let_pass(most=100).needs == 60
    with pytest.raises(learning.UnableToLearnError):
        learn()


def test_who_looks_at_it_afterwards_has_chosen(town):
    decide(town, 2, is_tacit=True)
    chosen = again(Decision.objects.last(), is_tacit=False)

    (found,) = queries.decided(most=100)
    assert found.decision_id == chosen.pk
    assert found.first_id == chosen.pk - 1
    assert len(queries.let_pass(most=100).others) == 1


def test_what_was_let_pass_is_told_and_not_measured(town, client):
    decide(town, 60)
    decide(town, 90, first=60, is_tacit=True, wrong=5)
    row = learn()

    assert (row.decided, row.figures["let_pass"]) == (60, 90)
    assert row.figures["all"]["texts"] == 60
    assert len(row.unseen) == 60


def test_the_blind_sample_speaks_for_what_was_let_pass(town):
    decide(town, 60)
    decide(town, 40, first=60, is_tacit=True)
    for decision in Decision.objects.order_by("-pk")[:4]:
        again(decision, aspect="second", by_id="2", is_tacit=False)
    lesson = learning._lesson()

    found = queries.let_pass(most=100)
    assert (len(found.drawn), len(found.others), found.needs) == (4, 36, 40)
    assert len(lesson.decided) == 64
    assert [e.stands_for for e in lesson.knowledge.examples[:5]] == [10, 10, 10, 10, 1]
    assert sum(e.is_tacit for e in lesson.knowledge.examples) == 36


def test_a_need_that_the_present_model_may_have_seen_is_not_compared(town):
    decide(town, 60)
    decide(town, 1, first=60, is_tacit=True)
    learn()
    again(Decision.objects.last(), is_tacit=False)
    decide(town, 20, first=70)

    assert learn().figures["all"]["texts"] == 80


def test_a_few_choices_teach_a_little_and_it_is_said_that_nothing_was_compared(town):
    decide(town, 30)
    row = learn()

    assert row.status == "IN_USE"
    assert row.figures["all"]["texts"] == 0
    assert "没有可比的" in row.reason


def test_nothing_to_learn_from_is_said_in_words(town):
    with pytest.raises(learning.UnableToLearnError, match="还太少"):
        learn()

    assert not LearntModel.objects.exists()


def test_a_worse_model_is_kept_and_not_used(town):
    decide(town, 60)
    good = learn()
    found = operations.Learnt(
        version="t", newest_decision=1, decided=1, history=0, body=b"x", unseen=(), figures={}
    )

    bad = operations.keep(found, worse="在全部已确认需求上不如现用的", by=SYSTEM, at=NOON)

    assert bad.status == "REFUSED"
    assert "不如现用的" in bad.reason
    assert in_use().pk == good.pk


def test_slips_of_the_last_weeks_do_not_take_over(town, monkeypatch):
    decide(town, 150, at=NOON - timedelta(days=90))
    good = learn(NOON - timedelta(days=80))
    real = learning.engine.teach

    def forgetful(services, examples, history):
        taught = real(services, examples, history)
        worse = ["PWR-METER" if n % 3 else code for n, code in enumerate(taught.unseen)]
        return learning.engine.Taught(
            learned=taught.learned, decided=taught.decided, unseen=tuple(worse)
        )

    monkeypatch.setattr(learning.engine, "teach", forgetful)
    decide(town, 60, first=150, at=NOON - timedelta(days=3))
    worse = learn()

    assert worse.status == "REFUSED"
    assert worse.figures["all"]["is_worse"]
    assert worse.figures["lately"]["texts"] == 60
    assert in_use().pk == good.pk


def test_a_person_goes_back_and_the_night_does_not_undo_it(town, admin):
    decide(town, 60)
    first = learn()
    decide(town, 60, first=60)
    second = learn()
    assert in_use().pk == second.pk
    first.refresh_from_db()

    operations.use(first, reason="新的把渗水都分到了电费", by=admin, at=NOON)
    decide(town, 60, first=120)
    third = learn()

    assert in_use().pk == first.pk
    assert third.status == "READY"
    operations.release(by=admin, at=NOON)
    fourth = learn()
    assert in_use().pk == fourth.pk
    third.refresh_from_db()
    assert third.status == "REFUSED"
    verbs = set(AuditEvent.objects.values_list("verb", flat=True))
    assert {"intake.learntmodel.hold", "intake.learntmodel.release"} <= verbs


def test_back_to_day_one_forgets_until_released(town, admin):
    decide(town, 120)
    learn()

    operations.back_to_day_one(reason="要看看原来的", by=admin, at=NOON)
    assert in_use() is None
    assert triage.suggest("半夜里老王家屋里一片漆黑").version.endswith("/0")
    with pytest.raises(operations.UnableToBringBackError):
        operations.back_to_day_one(reason="再来", by=admin, at=NOON)


def test_going_back_needs_a_reason_an_administrator_and_content(town, admin):
    decide(town, 60)
    old = learn()
    decide(town, 60, first=60)
    present = learn()
    old.refresh_from_db()
    with pytest.raises(operations.UnableToBringBackError, match="正在使用"):
        operations.use(present, reason="再按一次", by=admin, at=NOON)

    with pytest.raises(InvalidInputError):
        operations.use(old, reason="", by=admin, at=NOON)
    with pytest.raises(NotYourTurnError):
        operations.use(old, reason="试试", by=town.actor(), at=NOON)
    LearntModel.objects.filter(pk=old.pk).update(body=b"")
    old.refresh_from_db()
    with pytest.raises(operations.UnableToBringBackError, match="已清除"):
        operations.use(old, reason="试试", by=admin, at=NOON)


def test_of_many_times_the_newest_keep_their_content(town):
    found = operations.Learnt(
        version="t", newest_decision=1, decided=1, history=0, body=b"x", unseen=(), figures={}
    )
    for _ in range(operations.BODIES_KEPT + 3):
        operations.keep(found, worse="", by=SYSTEM, at=NOON)

    with_body = LearntModel.objects.exclude(body=b"").order_by("-pk")
    assert with_body.count() == operations.BODIES_KEPT + 1
    assert with_body.first().status == "IN_USE"


def test_content_of_another_version_is_not_used_and_nothing_breaks(town, caplog):
    decide(town, 60)
    row = learn()
    LearntModel.objects.filter(pk=row.pk).update(body=b"something else")

    assert triage.suggest("家里停电了").version.endswith("/0")
    assert "等下次学习" in caplog.text


def test_the_public_is_told_how_good_suggestions_are(town, client):
    assert "还没有足够的确认" in client.get("/algorithm/").content.decode()

    decide(town, 120)
    row = learn()
    page = client.get("/algorithm/").content.decode()

    assert "学自 120 条" in page
    share = round(100 * row.figures["all"]["after_right"] / 120)
    assert f"第一个建议有 {share}% 是对的" in page


def test_the_command_says_what_came_of_it(town, capsys):
    with pytest.raises(CommandError, match="还太少"):
        call_command("learn")
    decide(town, 60)
    call_command("learn")

    said = capsys.readouterr().out
    assert "使用中" in said
    assert "60 条都没见过的需求" in said


def run_jobs():
    ticks = count()
    while jobs.run_next(owner="t", clock=lambda: NOON + timedelta(seconds=next(ticks))):
        pass


def test_the_worker_learns_when_much_is_new_and_only_once(town):
    decide(town, learning.FEWEST_NEW - 1)
    worker.run_chores(NOON)
    assert not BackgroundJob.objects.filter(kind=learning.LEARN).exists()

    decide(town, 1, first=learning.FEWEST_NEW - 1)
    worker.run_chores(NOON)
    worker.run_chores(NOON)
    assert BackgroundJob.objects.filter(kind=learning.LEARN).count() == 1

    run_jobs()
    assert in_use() is not None
    worker.run_chores(NOON + timedelta(minutes=1))
    assert BackgroundJob.objects.filter(kind=learning.LEARN).count() == 1


def test_a_little_news_waits_for_the_night(town):
    decide(town, learning.FEWEST_NEW)
    learn()
    decide(town, 1, first=learning.FEWEST_NEW)
    night = NOON.replace(hour=18) + timedelta(days=1)  # two o'clock in Shanghai

    worker.run_chores(NOON + timedelta(hours=1))
    assert not BackgroundJob.objects.filter(kind=learning.LEARN).exists()
    worker.run_chores(night)
    assert BackgroundJob.objects.filter(kind=learning.LEARN).count() == 1


def test_choices_that_teach_nothing_are_not_tried_every_minute(town):
    decide(town, 30, of=("PWR-OUTAGE",))
    worker.run_chores(NOON)
    run_jobs()

    worker.run_chores(NOON + timedelta(minutes=2))
    jobs_made = BackgroundJob.objects.filter(kind=learning.LEARN)
    assert jobs_made.count() == 1
    assert "还太少" in jobs_made.get().result["said"]


def test_what_was_decided_for_a_service_that_is_gone_is_not_learnt_for_ever(town):
    decide(town, 60)
    learn()
    Service.objects.filter(code="WTR-LEAK").update(is_active=False)
    decide(town, 90, of=("WTR-LEAK",), first=60)
    worker.run_chores(NOON)
    run_jobs()

    worker.run_chores(NOON + timedelta(minutes=5))
    assert BackgroundJob.objects.filter(kind=learning.LEARN).count() == 1


def test_none_of_these_takes_back_what_was_chosen_before(town):
    decide(town, 4)
    last = Decision.objects.order_by("-pk").first()
    last.pk, last.chosen = None, ""
    last.save(force_insert=True)

    assert len(queries.decided(most=100)) == 3


def test_two_orders_at_once_are_one(town, admin):
    learning.order(by=admin, at=NOON)

    with pytest.raises(learning.UnableToLearnError, match="正在学习"):
        learning.order(by=admin, at=NOON)
