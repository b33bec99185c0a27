"""Words of triage on trial: what they would change in needs of the last 90 days."""

from datetime import timedelta
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dianliang.domain.catalog.models import LexiconVersion
from dianliang.domain.intake.models import Need
from dianliang.engines.triage import (
    DEFAULT_LEXICON,
    Knowledge,
    LexiconChange,
    NeedText,
    Triage,
    extended,
    touched,
)
from dianliang.flows import handling, triage, words
from dianliang.kernel.actor import Role
from dianliang.kernel.errors import StaleStateError
from tests.town import NOON

FIRE_RAT = LexiconChange(section="danger", kind="起火", word="火老鼠")
SCORCHED = LexiconChange(section="danger", kind="起火", word="焦味", is_removed=True)


def tried(*changes, seen=0, at=NOON, sentences=()):
    target = words.proposed(changes=changes, seen=seen)
    return words.trial(target=target, sentences=sentences, at=at)


@pytest.mark.django_db
def test_a_trial_tells_which_needs_would_be_read_otherwise(town):
    newly = town.post("屋后火老鼠乱窜", area_code="V1", at=NOON - timedelta(days=89))
    town.post("屋后火老鼠乱窜，是91天前的事", area_code="V1", at=NOON - timedelta(days=91))
    town.post("以前有火老鼠", area_code="V1")
    lost = town.post("茶叶焦味好香", area_code="V1")

    found = tried(FIRE_RAT, SCORCHED)

    assert found.tried == 3
    assert [case.number for case in found.newly.shown] == [newly.number]
    assert [case.number for case in found.no_longer.shown] == [lost.number]
    assert found.newly.shown[0].cues == (("起火", "火老鼠"),)
    assert not LexiconVersion.objects.exists()
    assert not triage.suggest("屋后火老鼠乱窜").dangers


@pytest.mark.django_db
def test_what_a_person_decided_stands_first_and_is_marked(town):
    station = town.actor("S1")
    confirmed, denied = (town.post(f"茶叶焦味好香{n}", area_code="V1") for n in "一二")
    for need in (confirmed, denied):
        handling.accept(number=need.number, by=station, at=NOON)
    handling.set_urgency(number=denied.number, urgency="normal", reason="误报", by=station, at=NOON)
    for number in range(10):
        town.post(f"茶叶焦味好香第{number}批", area_code="V1", at=NOON + timedelta(hours=1))

    lost = tried(SCORCHED, at=NOON + timedelta(hours=2)).no_longer

    assert (lost.count, lost.decided, lost.confirmed) == (12, 2, 1)
    assert [case.number for case in lost.shown[:2]] == [confirmed.number, denied.number]
    assert [case.is_confirmed for case in lost.shown[:3]] == [True, False, False]
    assert len(lost.shown) == words.MOST_EXAMPLES


@pytest.mark.django_db
def test_a_confirmed_danger_is_not_hidden_unless_somebody_says_so(town):
    need = town.post("茶叶焦味好香", area_code="V1")
    handling.accept(number=need.number, by=town.actor("S1"), at=NOON)
    admin = town.actor("LM", Role.ADMINISTRATOR)
    asked = {"changes": [SCORCHED], "reason": "误报", "seen": 0, "by": admin, "at": NOON}

    with pytest.raises(words.UnflaggedDangerError, match="有 1 条"):
        words.change(**asked, is_sure=False)
    number = words.change(**asked, is_sure=True)

    assert number == 1
    again = words.go_back(number=0, reason="恢复", seen=1, is_sure=False, by=admin, at=NOON)
    assert again == 2
    with pytest.raises(words.UnflaggedDangerError):
        words.go_back(number=1, reason="恢复", seen=2, is_sure=False, by=admin, at=NOON)


@pytest.mark.django_db
def test_whoever_looks_at_an_old_version_is_told_before_anything_is_tried(town):
    admin = town.actor("LM", Role.ADMINISTRATOR)
    words.change(changes=[FIRE_RAT], reason="本地", seen=0, is_sure=False, by=admin, at=NOON)

    with pytest.raises(StaleStateError):
        tried(FIRE_RAT, seen=0)


@pytest.mark.django_db
def test_sentences_and_hints_are_told_before_and_after(town):
    town.post("我家住着个老寿星，停电了", area_code="V1")

    found = tried(
        LexiconChange(section="hints", kind="独居老人", word="老寿星"),
        sentences=["我家住着个老寿星，停电了", "灯不亮"],
    )

    assert found.hints == 1
    assert [sentence.is_changed for sentence in found.sentences] == [True, False]
    assert "独居老人" in found.sentences[0].after.hints


@pytest.mark.django_db
def test_names_and_numbers_in_examples_are_starred(town):
    town.post("屋后火老鼠乱窜，联系人王小明，户号3305200000001", area_code="V1")

    (case,) = tried(FIRE_RAT).newly.shown

    assert "火老鼠" in case.text
    assert "王小明" not in case.text
    assert "3305200000001" not in case.text


@pytest.mark.django_db
def test_many_needs_cost_as_many_queries_as_few(town, django_assert_max_num_queries):
    like = town.post("屋后火老鼠乱窜", area_code="V1")
    columns = [field.attname for field in Need._meta.concrete_fields if not field.primary_key]
    fields = {name: getattr(like, name) for name in columns}
    texts = ("空气开关一合就跳", "火老鼠乱窜", "灯一闪一闪的，请尽快来", "以前有火老鼠")
    Need.objects.bulk_create(
        Need(**{**fields, "number": f"N{n}", "text": f"余村村{n}组{texts[n % 4]}"})
        for n in range(400)
    )
    triage.prepared()

    with django_assert_max_num_queries(15):
        found = tried(FIRE_RAT)

    assert (found.tried, found.newly.count, found.is_cut) == (401, 101, False)
    assert len(found.newly.shown) == words.MOST_EXAMPLES


CUES = st.sampled_from(
    ["火老鼠", "冒烟", "昌烟", "以前", "如果", "没有", "焦味", "，", "。", "电线断", "正在", "独居"]
)
MADE = st.builds(
    LexiconChange,
    section=st.sampled_from(["past", "harmless", "present", "outage"]),
    word=st.sampled_from(["火老鼠", "乱窜", "老早", "屋后"]),
) | st.sampled_from(
    [FIRE_RAT, SCORCHED, LexiconChange(section="misspelt", word="昌烟", meant="冒烟")]
)
PRESENT = Triage(Knowledge(services=(), areas=(), lexicon=DEFAULT_LEXICON))


@cache
def with_change(change: LexiconChange) -> Triage:
    return PRESENT.with_lexicon(extended(DEFAULT_LEXICON, [change], version="x"))


@given(st.lists(CUES | st.text("屋后火老鼠乱窜早昌烟冒", max_size=3), max_size=8), MADE)
@settings(max_examples=150, deadline=None)
def test_a_text_without_the_changed_words_means_what_it_meant(parts, change):
    text = "".join(parts)

    if not touched(DEFAULT_LEXICON, [change])(text):
        assert with_change(change).hear(text) == PRESENT.hear(text)


@given(st.text("屋后冒烟，王阿姨没有13800000001独居。", max_size=30))
@settings(max_examples=100, deadline=None)
def test_hearing_finds_what_a_suggestion_holds(text):
    whole, heard = PRESENT.suggest(NeedText(text=text)), PRESENT.hear(text)

    assert (heard.dangers, heard.hints, heard.masks) == (whole.dangers, whole.hints, whole.masks)
