"""An installation's own words: versions that are only added, over the lexicon that is shipped."""

from datetime import UTC, datetime

import pytest
from django.db import IntegrityError, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dianliang.core.models import AuditEvent
from dianliang.domain.catalog import words
from dianliang.domain.catalog.models import LexiconVersion, WordChange
from dianliang.engines.triage import DEFAULT_LEXICON, LexiconChange
from dianliang.kernel.actor import Actor, Role
from dianliang.kernel.errors import InvalidInputError, NotVisibleError, StaleStateError

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 11, 24, 4, 0, tzinfo=UTC)
ADMIN = Actor(id="user:a", name="管理员", role=Role.ADMINISTRATOR, unit_path="/", area_path="/")
FIRE_RAT = LexiconChange(section="danger", kind="起火", word="火老鼠")
SMOKE = LexiconChange(section="danger", kind="起火", word="冒烟", is_removed=True)
SLIP = LexiconChange(section="misspelt", word="昌烟", meant="冒烟")


def keep(*changes, seen=None, verb="add"):
    target = words.merged(changes)
    seen = words.current() if seen is None else seen
    return words.keep(verb=verb, changes=target, reason="本地", seen=seen, by=ADMIN, at=NOON)


def plain(lexicon):
    return [getattr(lexicon, name) for name in (*words.SECTIONS, "pairs", "family_names")]


def test_without_changes_the_shipped_words_are_in_force():
    assert words.lexicon() is DEFAULT_LEXICON
    assert (words.current(), words.history(), words.outgrown()) == (words.SHIPPED, (), ())


def test_each_version_holds_all_that_differs_and_names_itself():
    keep(FIRE_RAT)
    keep(SMOKE, SLIP)

    now = words.lexicon()
    assert "火老鼠" in now.danger["起火"]
    assert "冒烟" not in now.danger["起火"]
    assert now.misspelt["昌烟"] == "冒烟"
    assert now.version == f"{DEFAULT_LEXICON.version}+2"
    assert words.changes_of(1) == (FIRE_RAT,)
    assert set(words.changes_of(2)) == {FIRE_RAT, SMOKE, SLIP}
    assert [set(version.changes) for version in words.history()] == [{SMOKE, SLIP}, {FIRE_RAT}]


CHANGES = st.lists(
    st.builds(
        LexiconChange,
        section=st.sampled_from(["past", "urgent", "everyday"]),
        word=st.text("余村火老鼠", min_size=2, max_size=4),
    )
    | st.sampled_from([FIRE_RAT, SMOKE, SLIP])
    | st.builds(
        LexiconChange,
        section=st.just("past"),
        word=st.sampled_from(DEFAULT_LEXICON.past),
        is_removed=st.just(True),
    ),
    min_size=1,
    max_size=4,
    unique_by=lambda change: (change.section, change.word),
)


@given(CHANGES)
@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_taking_a_change_back_gives_the_very_lexicon_of_before(changes):
    """Whatever is added and taken out, and again the other way round, in whatever version."""
    with transaction.atomic():
        before, seen = plain(words.lexicon()), words.current()
        keep(*changes)
        assert plain(words.lexicon()) != before
        keep(*words.difference(words.changes_of(words.current()), words.changes_of(seen)))
        assert plain(words.lexicon()) == before
        assert words.changes_of(words.current()) == words.changes_of(seen)
        transaction.set_rollback(True)


def test_the_second_of_two_is_told_who_was_quicker_and_why():
    keep(FIRE_RAT)

    with pytest.raises(StaleStateError, match="词库刚被管理员（本地）改过，现在是第 1 版"):
        keep(SLIP, seen=0)

    assert LexiconVersion.objects.count() == 1


def test_no_change_and_no_reason_are_refused():
    with pytest.raises(InvalidInputError, match="和现在一样"):
        words.keep(verb="add", changes=(), reason="本地", seen=0, by=ADMIN, at=NOON)
    with pytest.raises(InvalidInputError, match="请填写原因"):
        words.keep(verb="add", changes=(SLIP,), reason=" ", seen=0, by=ADMIN, at=NOON)
    with pytest.raises(InvalidInputError, match="请填写词语"):
        words.merged(())
    with pytest.raises(NotVisibleError):
        words.changes_of(7)


def test_a_word_freed_by_a_removal_cannot_deafen_what_is_shipped():
    """The shipped word may come back with one press, and must not be muted then."""
    keep(LexiconChange(section="danger", kind="起火", word="山火离", is_removed=True))

    with pytest.raises(InvalidInputError, match="会让“山火离”不再报警"):
        words.merged([LexiconChange(section="harmless", word="山火离")])


def test_words_are_kept_as_texts_are_read():
    keep(LexiconChange(section="danger", kind="起火", word="電箱冒煙柱", meant="乱"))

    row = WordChange.objects.get()
    assert (row.word, row.meant) == ("电箱冒烟柱", "")


def test_an_upgraded_program_keeps_local_changes_and_drops_what_it_brings_itself(monkeypatch):
    keep(FIRE_RAT, SMOKE, SLIP)
    newer = words.engine.extended(
        DEFAULT_LEXICON, [FIRE_RAT, LexiconChange(section="past", word="老早")], version="newer"
    )
    monkeypatch.setattr(words.engine, "DEFAULT_LEXICON", newer)
    LexiconVersion.objects.update(by_name="重启")  # a new process knows nothing of before

    assert words.outgrown() == (FIRE_RAT,)
    now = words.lexicon()
    assert now.version == "newer+1"
    assert "老早" in now.past
    assert now.danger["起火"].count("火老鼠") == 1
    assert "冒烟" not in now.danger["起火"]


def test_every_version_is_on_record_with_its_words():
    keep(FIRE_RAT)
    keep(SMOKE, verb="take_out")

    trail = AuditEvent.objects.order_by("id").values_list("verb", "before", "after", "reason")
    assert [*trail] == [
        ("catalog.lexiconversion.add", "0", "＋火老鼠", "本地"),
        ("catalog.lexiconversion.take_out", "1", "－冒烟", "本地"),
    ]


def test_two_versions_never_have_one_number():
    keep(FIRE_RAT)

    with pytest.raises(IntegrityError), transaction.atomic():
        LexiconVersion.objects.create(number=1, at=NOON, reason="x", by_id="x", by_name="x")
