"""The page of triage's words: look, try, put in force, go back."""

import pytest

from dianliang.core.models import AuditEvent
from dianliang.domain.catalog.models import LexiconVersion, WordChange
from dianliang.flows import triage
from dianliang.kernel.actor import Role
from tests.town import PASSWORD

PAGE = "/console/words/"
FIRE_RAT = {"verb": "add", "target": "danger/起火", "words": "火老鼠", "reason": "本地的说法"}


@pytest.fixture
def desk(client, town):
    town.user("admin", Role.ADMINISTRATOR, "LM")
    client.login(username="admin", password=PASSWORD)
    return client


def press(desk, what, /, *, status=200, **form):
    answer = desk.post(f"{PAGE}{what}/", {"seen": "0", **form}, follow=True)
    assert answer.status_code == status
    return answer.content.decode()


def test_words_are_shown_list_by_list_and_found_across_lists(desk):
    first = desk.get(PAGE).content.decode()
    past = desk.get(PAGE, {"section": "past"}).content.decode()
    found = desk.get(PAGE, {"q": "独居"}).content.decode()

    assert "危险说法 · 起火" in first
    assert "冒烟" in first
    assert ">上次<" in past
    assert "提示 · 独居老人" in found
    assert "没有这样的词语" in desk.get(PAGE, {"q": "没有的"}).content.decode()


def test_a_word_is_tried_on_sentences_and_on_needs_before_it_counts(desk, town):
    need = town.post("屋后火老鼠乱窜，王阿姨电话13800000001，快来", area_code="V1")

    page = press(desk, "try", **FIRE_RAT, sentences="灶台火老鼠\n灯不亮")

    assert "还没有生效" in page
    assert "危险（起火“火老鼠”）" in page
    assert "不变" in page
    assert "新报危险" in page
    assert need.number in page
    assert "13800000001" not in page
    assert not LexiconVersion.objects.exists()


def test_a_word_in_force_is_heard_at_once_and_named_in_the_suggestion(desk):
    assert not triage.suggest("灶台火老鼠").dangers

    page = press(desk, "change", **FIRE_RAT)

    assert "第 1 版" in page
    assert 'class="added"' in page
    assert triage.suggest("灶台火老鼠").dangers[0].kind == "起火"
    assert "+1/" in triage.suggest("灶台火老鼠").version
    event = AuditEvent.objects.get(verb="catalog.lexiconversion.add")
    assert (event.actor_name, event.after, event.reason) == ("admin", "＋火老鼠", "本地的说法")


@pytest.mark.parametrize(
    ("form", "words"),
    [
        ({**FIRE_RAT, "words": "冒烟"}, "词库里已有“冒烟”"),
        ({**FIRE_RAT, "words": "火"}, "“火”只有一个字"),
        ({**FIRE_RAT, "words": "、"}, "请填写词语"),
        ({**FIRE_RAT, "reason": " "}, "请填写原因"),
        ({**FIRE_RAT, "verb": "remove"}, "词库里没有“火老鼠”"),
        ({**FIRE_RAT, "target": "harmless", "words": "冒烟"}, "会让“冒烟”不再报警"),
        ({**FIRE_RAT, "words": " ".join(f"火老鼠{n}" for n in range(60))}, "一次最多改 50 个词"),
    ],
)
def test_what_cannot_be_is_said_in_words_and_stays_typed(desk, form, words):
    page = press(desk, "change", status=422, **form)

    assert words in page
    assert f">{form['words']}</textarea>" in page
    assert not LexiconVersion.objects.exists()


def test_the_second_of_two_administrators_is_told_and_keeps_what_was_typed(desk):
    press(desk, "change", **FIRE_RAT)

    page = press(desk, "change", status=409, **{**FIRE_RAT, "words": "火蛇乱窜"})

    assert "词库刚被admin（本地的说法）改过" in page
    assert "火蛇乱窜" in page
    assert 'name="seen" value="1"' in page
    assert [*WordChange.objects.values_list("word", flat=True)] == ["火老鼠"]


def test_a_removal_that_hides_a_confirmed_danger_needs_a_tick(desk, town):
    need = town.post("茶叶焦味好香", area_code="V1")
    desk.logout()
    town.user("station", Role.DISPATCHER, "S1")
    desk.login(username="station", password=PASSWORD)
    answer = desk.post(f"/console/needs/{need.number}/do/accept/", {"reason": ""})
    assert answer.status_code in {200, 302}
    desk.login(username="admin", password=PASSWORD)
    form = {"verb": "remove", "target": "danger/起火", "words": "焦味", "reason": "误报太多"}

    page = press(desk, "change", status=422, **form)

    assert "有 1 条经人确认的危险需求将不再报警" in page
    assert "经人确认为危险" in page
    assert not LexiconVersion.objects.exists()
    press(desk, "change", **form, sure="1")
    assert not triage.suggest("茶叶焦味好香").dangers


def test_an_earlier_version_comes_back_when_what_is_lost_was_seen(desk):
    press(desk, "change", **FIRE_RAT)
    desk.post(f"{PAGE}change/", {**FIRE_RAT, "words": "火蛇乱窜", "seen": "1"})
    assert triage.suggest("火蛇乱窜").dangers

    asked = desk.post(f"{PAGE}back/", {"number": "1", "seen": "2"})
    assert asked.status_code == 422
    assert "将听不出来" in asked.content.decode()
    assert triage.suggest("屋后火蛇乱窜").dangers
    sent = {"number": "1", "seen": "2", "sure": "1"}
    page = desk.post(f"{PAGE}back/", sent, follow=True).content.decode()

    assert "第 3 版" in page
    assert "恢复到第 1 版" in page
    assert not triage.suggest("屋后火蛇乱窜").dangers
    assert triage.suggest("屋后火老鼠").dangers
    assert desk.post(f"{PAGE}back/", {"number": "9", "seen": "3"}).status_code == 404
    assert desk.post(f"{PAGE}back/", {"number": "x", "seen": "3"}).status_code == 404


def test_what_deafens_is_never_called_harmless(desk):
    """Nobody has said it yet in this county: past needs alone would show nothing."""
    quiet = {"verb": "add", "target": "past", "words": "味道 邻居", "seen": "0", "reason": "试试"}

    page = desk.post(f"{PAGE}try/", {**quiet, "sentences": "煤气泄漏了味道很大"}).content.decode()
    assert "没有一条需求的危险判断会变" not in page
    assert "将听不出来" in page
    assert desk.post(f"{PAGE}change/", quiet).status_code == 422
    assert triage.suggest("煤气泄漏了味道很大").dangers


def test_a_sentence_of_ones_own_that_is_lost_is_told_and_counted(desk):
    quiet = {"verb": "add", "target": "past", "words": "茶园", "reason": "试试"}

    page = press(desk, "try", **quiet, sentences="茶园那边着火了")

    assert "有 1 句现在报危险的话将听不出来" in page
    assert "“茶园那边着火了”" in page
    assert "1 句报危险的话以后不再报警" in page


@pytest.mark.parametrize("slip", ["着=看", "火=水", "触电=处店"])
def test_a_slip_that_hides_an_alarm_is_refused(desk, slip):
    sent = {"verb": "add", "target": "misspelt", "words": slip, "seen": "0", "reason": "试试"}

    assert desk.post(f"{PAGE}change/", sent).status_code == 422
    assert triage.suggest("我家着火了快来人").dangers


def test_links_of_a_trial_lead_to_the_page(desk):
    page = desk.post(f"{PAGE}try/", FIRE_RAT).content.decode()

    assert 'href="?' not in page
    assert f'name="next" value="{PAGE}try/"' not in page


def test_nobody_else_finds_the_page(client, town):
    for role in (Role.DISPATCHER, Role.AUDITOR, Role.STEWARD):
        town.user(role, role, "LM")
        client.login(username=role, password=PASSWORD)
        assert client.get(PAGE).status_code == 404
        assert client.post(f"{PAGE}change/", FIRE_RAT).status_code == 404


def test_in_english_a_trial_says_what_was_heard_in_english(desk, town):
    town.post("屋后火老鼠乱窜", area_code="V1")
    form = {"seen": "0", **FIRE_RAT, "sentences": "灶台火老鼠"}

    page = desk.post(f"{PAGE}try/", form, headers={"accept-language": "en"}).content.decode()

    assert "Danger (Fire “火老鼠”)" in page
    assert "· Fire “火老鼠”" in page
