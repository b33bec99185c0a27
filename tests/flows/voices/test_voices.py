"""An appeal: heard by a named handler only, answered, accepted or handled again, on the clock."""

import ast
from datetime import timedelta
from pathlib import Path

import pytest
from django.apps import apps
from django.db import connection

from dianliang.core.models import AuditEvent, IdempotencyRecord
from dianliang.domain.voices import operations, queries
from dianliang.domain.voices.models import Handler, Voice
from dianliang.domain.voices.operations import UnableToHearError
from dianliang.flows import confidential
from dianliang.flows.voices import handling, keeping, mailbox
from dianliang.kernel.actor import Role
from dianliang.kernel.errors import (
    IllegalTransitionError,
    InvalidInputError,
    KeyReusedError,
    NotVisibleError,
)
from tests.honourworld import APPEAL, Honoured
from tests.town import NOON

SOURCE = Path(queries.__file__).parents[2]
PHONE = "19987651234"
MAY_IMPORT = {
    "domain/voices",
    "flows/voices",
    "flows/confidential.py",
    "flows/demo",
    "faces/console/voices",
    "faces/portal/mailbox.py",
    "flows/worker.py",
    "domain/insight/deeds.py",  # the labels of the lifecycle, for the trail
}


@pytest.fixture
def world(town):
    return Honoured(town, NOON)


def write(world, *, key="k" * 20, token="voice-token-0000001", at=NOON, **more):
    values = {"desk": "S1", "topic": "pay", "words": APPEAL, "name": "", "contact": PHONE}
    written = mailbox.Written(**{**values, **more})
    return mailbox.write(written=written, key=key, token=token, admit=lambda: None, at=at), token


@pytest.mark.django_db
def test_a_letter_is_answered_handled_again_and_accepted(world):
    _, handler = world.handler()
    voice, token = write(world)
    handling.take(number=voice.number, by=handler, at=NOON)
    handling.answer(number=voice.number, words="本周换厨师", by=handler, at=NOON)
    again = mailbox.again(token=token, words="还是咸", at=NOON + timedelta(days=1))
    handling.answer(number=voice.number, words="已换厨师", by=handler, at=NOON)
    done = mailbox.accept(token=token, at=NOON)

    assert (again.status, again.rounds, again.due_at > voice.due_at) == ("TAKEN", 1, True)
    assert (done.status, done.is_satisfied) == ("CLOSED", True)
    file = queries.for_asker(token, at=NOON)
    assert [(s.is_handlers, s.words) for s in file.said] == [
        (True, "本周换厨师"),
        (False, "还是咸"),
        (True, "已换厨师"),
    ]
    assert (file.name, file.contact) == ("", "")


@pytest.mark.django_db
def test_only_a_named_handler_of_the_desk_reads_it(world):
    _, handler = world.handler("S1")
    _, neighbour = world.handler("S2")
    voice, _ = write(world)

    assert handling.open_file(voice.number, by=handler, at=NOON).words == APPEAL
    roles = [role for role in Role if role not in {Role.SYSTEM, Role.RESIDENT, Role.ENTERPRISE}]
    strangers = [world.town.actor("LM", role) for role in roles]
    for by in (*strangers, neighbour, world.actor(world.person("同事"))):
        with pytest.raises(NotVisibleError):
            handling.open_file(voice.number, by=by, at=NOON)
        assert queries.desk(by=by, view="all", on=world.on, at=NOON)[0] == []


@pytest.mark.django_db
def test_a_handler_who_was_relieved_reads_no_more_and_one_has_to_be_left(world):
    _, handler = world.handler()
    voice, _ = write(world)
    row = Handler.objects.get()
    with pytest.raises(UnableToHearError, match="至少"):
        keeping.relieve(desk="S1", handler=str(row.pk), by=world.clerk("S1"), at=NOON)

    world.handler()
    keeping.relieve(desk="S1", handler=str(row.pk), by=world.clerk("S1"), at=NOON)

    with pytest.raises(NotVisibleError):
        handling.open_file(voice.number, by=handler, at=NOON)


@pytest.mark.django_db
def test_a_handler_may_be_named_again_on_the_day_on_which_he_was_relieved(world):
    desk, _ = world.handler()
    asked = {"desk": desk, "person": world.person("新专办人"), "from_on": world.on}
    row = operations.name_handler(**asked, by=world.clerk("S1"), at=NOON)
    keeping.relieve(desk="S1", handler=str(row.pk), by=world.clerk("S1"), at=NOON)

    operations.name_handler(**asked, by=world.clerk("S1"), at=NOON)

    row.refresh_from_db()
    assert row.until_on is None


@pytest.mark.django_db
def test_a_handler_does_not_judge_his_own_answer_to_a_letter(world):
    _, handler = world.handler()
    voice, _ = write(world)
    handling.take(number=voice.number, by=handler, at=NOON)
    handling.answer(number=voice.number, words="已处理", by=handler, at=NOON)

    with pytest.raises(UnableToHearError, match="本人凭链接"):
        handling.accept(number=voice.number, by=handler, at=NOON)


@pytest.mark.django_db
def test_an_interview_is_its_handlers_from_the_start(world):
    _, handler = world.handler()
    voice = world.interview(handler)

    assert (voice.status, voice.handler.number) == ("TAKEN", handler.person_number)
    handling.answer(number=voice.number, words="已沟通", by=handler, at=NOON)
    assert handling.accept(number=voice.number, by=handler, at=NOON).is_satisfied


@pytest.mark.django_db
def test_the_clock_runs_in_working_days_and_an_answer_that_nobody_speaks_to_rests(world):
    _, handler = world.handler()
    voice, _ = write(world)
    late = voice.first_due_at + timedelta(hours=1)
    assert queries.desk(by=handler, view="overdue", on=late.date(), at=late)[1]["overdue"] == 1
    handling.take(number=voice.number, by=handler, at=NOON)
    handling.answer(number=voice.number, words="已处理", by=handler, at=NOON)

    assert operations.rest(at=NOON + timedelta(days=14)) == 0
    assert operations.rest(at=NOON + timedelta(days=16)) == 1
    voice.refresh_from_db()
    assert (voice.status, voice.is_satisfied) == ("CLOSED", None)


@pytest.mark.django_db
def test_an_answer_that_somebody_spoke_to_does_not_rest(world):
    _, handler = world.handler()
    voice, _ = write(world)
    handling.take(number=voice.number, by=handler, at=NOON)
    handling.answer(number=voice.number, words="已处理", by=handler, at=NOON)
    voice.refresh_from_db()
    later = NOON + timedelta(days=10)
    operations.say(voice=voice, words="还没有处理", is_handlers=False, by=handler, at=later)

    assert operations.rest(at=NOON + timedelta(days=16)) == 0
    assert operations.rest(at=later + timedelta(days=16)) == 1


@pytest.mark.django_db
def test_a_letter_sent_twice_is_one_and_another_under_its_key_is_refused(world):
    world.handler()
    first, _ = write(world)
    same, _ = write(world)

    assert first.pk == same.pk
    with pytest.raises(KeyReusedError):
        write(world, words="另一件事情")
    assert Voice.objects.count() == 1


@pytest.mark.django_db
def test_a_desk_without_a_handler_takes_nothing(world):
    with pytest.raises(InvalidInputError, match="受理点"):
        write(world)
    keeping.open_desk(unit="S1", first=2, due=10, by=world.clerk("S1"), at=NOON)

    with pytest.raises(UnableToHearError, match="没有专办人"):
        write(world)
    assert queries.open_desks(on=world.on) == ()


@pytest.mark.django_db
def test_a_letter_that_was_answered_is_not_taken_back(world):
    _, handler = world.handler()
    voice, token = write(world)
    handling.take(number=voice.number, by=handler, at=NOON)
    handling.answer(number=voice.number, words="已处理", by=handler, at=NOON)

    with pytest.raises(IllegalTransitionError):
        mailbox.withdraw(token=token, at=NOON)


@pytest.mark.django_db
def test_nothing_of_it_lies_in_clear_and_the_trail_knows_neither_what_nor_who(world):
    _, handler = world.handler()
    voice, token = write(world, name="丁某某")
    mailbox.say(token=token, words=f"{APPEAL}再说", at=NOON)
    handling.open_file(voice.number, by=handler, at=NOON)

    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM voices_voice")
        stored = f"{cursor.fetchall()}"
        cursor.execute("SELECT * FROM voices_said")
        stored += f"{cursor.fetchall()}"
    trail = "".join(
        f"{e.actor_id}{e.actor_name}{e.before}{e.after}{e.reason}" for e in AuditEvent.objects.all()
    )
    kept = "".join(f"{row.body_hash}{row.answer}" for row in IdempotencyRecord.objects.all())
    for secret in (APPEAL, "丁某某", PHONE, token):
        assert secret not in stored + trail + kept
    assert AuditEvent.objects.get(verb="voices.voice.hear").actor_id == "employee"
    assert AuditEvent.objects.filter(verb="voices.voice.read").count() == 1


@pytest.mark.django_db
def test_what_ended_is_forgotten_with_time_and_the_counts_stay(world):
    _, handler = world.handler()
    voice, token = write(world)
    handling.take(number=voice.number, by=handler, at=NOON)
    handling.answer(number=voice.number, words="已处理", by=handler, at=NOON)
    mailbox.accept(token=token, at=NOON)

    confidential.expire(before=NOON + timedelta(days=1), words="（已删除）")

    voice.refresh_from_db()
    assert (voice.words, voice.contact, voice.contact_index) == ("（已删除）", "", "")
    assert voice.is_satisfied


@pytest.mark.django_db
def test_leaders_count_whole_quarters_and_no_small_numbers(world):
    world.handler()
    early = NOON - timedelta(days=100)
    Handler.objects.update(from_on=early.date())
    for number, topic in enumerate(["pay"] * 6 + ["life"] * 2):
        key, token = f"key-{number:020d}", f"voice-token-{number}"
        write(world, key=key, token=token, topic=topic, at=early)
    since, until = queries.quarter(world.on)

    (counted,) = queries.counts(since=since, until=until, by=world.clerk("S1"))

    assert counted.total == 8
    told = {row.label: row.value for row in counted.by_topic}
    assert (told["薪酬福利"], told["生活困难"], told["其他"]) == (None, None, 0)
    assert queries.counts(since=since, until=until, by=world.town.actor("S1", Role.AUDITOR)) == ()
    assert queries.counts(since=since, until=until, by=world.clerk("S2")) == ()


def test_nothing_else_can_reach_an_appeal():
    """The rule nobody can forget: no other module imports it, no other table points to it."""
    strays = []
    for path in SOURCE.rglob("*.py"):
        name = path.relative_to(SOURCE).as_posix()
        if name.startswith(tuple(MAY_IMPORT)) or "migrations" in name:
            continue
        text = path.read_text(encoding="utf-8")
        for node in ast.walk(ast.parse(text)) if "voices" in text else ():
            if not isinstance(node, ast.Import | ast.ImportFrom):
                continue
            module = getattr(node, "module", "") or ""
            names = [alias.name for alias in node.names]
            whole = (module, *(f"{module}.{each}" for each in names), *names)
            if any("domain.voices" in each for each in whole):
                strays.append(name)
    assert strays == []
    pointing = [
        f"{model.__name__}.{field.name}"
        for model in apps.get_models()
        for field in model._meta.concrete_fields
        if field.is_relation
        and field.related_model._meta.app_label == "voices"
        and model._meta.app_label != "voices"
    ]
    assert pointing == []


@pytest.mark.django_db
def test_nobody_names_himself_to_read(world):
    desk, handler = world.handler()
    keeper = world.actor(world.person("党务专责"), Role.PARTY_AFFAIRS, "S1")
    named = {"desk": desk.unit.code, "person": keeper.person_number, "from_on": world.on}

    with pytest.raises(UnableToHearError, match="不能指定自己"):
        keeping.name_handler(**named, by=keeper, at=NOON)

    keeping.name_handler(**named, by=handler, at=NOON)
    assert Handler.objects.filter(person__number=keeper.person_number).exists()
