"""A handler knows beforehand who lives there, how and when to call, and how angry they are."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dianliang.engines.triage import NeedText, Temper


def hints(triage, text: str) -> dict[str, str]:
    return {hint.kind: hint.cue for hint in triage.suggest(NeedText(text=text)).hints}


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("隔壁独居的阿婆家灯坏了", "独居老人"),
        ("我妈一个人住，线路老化", "独居老人"),
        ("父亲偏瘫在床，空调不能停", "行动不便"),
        ("老人下不了床", "行动不便"),
        ("家里有人用呼吸机", "生命支持"),
        ("每周做透析", "生命支持"),
        ("爸妈都不在家，只有奶奶和我", "留守儿童"),
        ("媳妇怀孕八个月", "孕产婴幼"),
        ("奶奶有老年痴呆", "认知障碍"),
        ("我家是低保户", "困难家庭"),
        ("爷爷是盲人", "视障"),
        ("奶奶耳背，说话要大声", "听障语障"),
        ("外公九十三岁了", "高龄老人"),
        ("老人85岁", "高龄老人"),
        ("有结果请给我回电", "希望回电"),
        ("请发短信告诉我", "希望短信"),
        ("獨居老人，請發短信", "独居老人"),
    ],
)
def test_what_a_handler_should_know_is_noticed(triage, text, kind):
    assert kind in hints(triage, text)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("他不是独居，儿子也在", "独居老人"),
        ("没有卧床，能走路", "行动不便"),
        ("不用回电话，知道就行", "希望回电"),
        ("家里没有孕妇", "孕产婴幼"),
        ("不是低保，正常交费", "困难家庭"),
        ("不需要给我打电话", "希望回电"),
        ("房子住了八十年", "高龄老人"),
        ("户号8512345岁月", "高龄老人"),
    ],
)
def test_what_is_denied_is_no_hint(triage, text, kind):
    assert kind not in hints(triage, text)


def test_a_denial_does_not_hide_the_same_word_said_later(triage):
    assert "独居老人" in hints(triage, "我不是独居。隔壁阿婆独居，请去看看")


@pytest.mark.parametrize(
    ("text", "hours"),
    [
        ("晚上八点以后不要打电话", "20:00-24:00"),
        ("晚上10点后别打我电话", "22:00-24:00"),
        ("早上九点前请勿打扰", "00:00-09:00"),
        ("中午12点到2点别打电话，孩子睡觉", "12:00-14:00"),
        ("下午1点到下午3点不方便接电话", "13:00-15:00"),
        ("12:00-14:00不接电话", "12:00-14:00"),
        ("我中午不方便接电话", "12:00-14:00"),
        ("夜里别打电话，我值夜班刚睡", "22:00-06:00"),
        ("上班时间不能接电话", "09:00-17:00"),
        ("晚上２０点以後不要打電話", "20:00-24:00"),
    ],
)
def test_hours_not_to_call_are_read(triage, text, hours):
    (found,) = [
        hint for hint in triage.suggest(NeedText(text=text)).hints if hint.kind == "勿扰时段"
    ]

    assert found.detail == hours
    assert "以" in found.cue or "不" in found.cue or "别" in found.cue or "勿" in found.cue


@pytest.mark.parametrize(
    "text", ["晚上八点停电了", "上午九点到十点来电", "中午没电", "八点以后有人在"]
)
def test_hours_of_something_else_are_not_hours_not_to_call(triage, text):
    assert "勿扰时段" not in hints(triage, text)


@pytest.mark.parametrize(
    ("text", "level", "words"),
    [
        ("灯修好了，谢谢师傅", Temper.CALM, []),
        ("麻烦再来看一下，灯还是不亮", Temper.CALM, []),
        ("麻烦师傅到院子里来，树砸了电线", Temper.CALM, []),
        ("等了三天，很失望", Temper.ANNOYED, ["等了", "失望"]),
        ("说修好了，怎么又坏了", Temper.ANNOYED, ["又坏了"]),
        ("再不来我就打12345投诉", Temper.FURIOUS, ["打12345", "投诉"]),
        ("你们太过分了！！！", Temper.FURIOUS, ["太过分", "!!!"]),
        ("没有不满意，就是问一下进度", Temper.CALM, []),
        ("不是投诉，只是提醒", Temper.CALM, []),
        ("我妈的电表坏了，他妈妈也没电", Temper.CALM, []),
    ],
)
def test_how_angry_a_reopened_need_is(triage, text, level, words):
    mood = triage.mood(text)

    assert mood.level is level
    assert [cue.text for cue in mood.cues] == words


def test_three_annoyed_words_are_fury(triage):
    assert triage.mood("等了一周没人管，到底修不修，太敷衍").level is Temper.FURIOUS


texts = st.lists(
    st.one_of(
        st.sampled_from(["晚上", "8点", "后", "别打电话", "投诉", "不是", "独居", "！"]), st.text()
    ),
    max_size=15,
).map("".join)


@settings(max_examples=80, deadline=None)
@given(texts)
def test_every_word_of_a_mood_stands_where_it_says(triage, text):
    for cue in triage.mood(text).cues:
        assert 0 <= cue.start < cue.end <= len(text)
