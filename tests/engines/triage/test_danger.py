"""Present danger is heard however it is put; memory, fear and talk are not mistaken for it."""

import csv
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dianliang.engines.triage import (
    DEFAULT_LEXICON,
    LexiconChange,
    NeedText,
    Triage,
    Urgency,
    extended,
)
from dianliang.engines.triage._danger import DangerFinder, Reading
from dianliang.engines.triage._text import fold
from tests.engines.triage.conftest import CASES


def cases(label: str) -> list[str]:
    lines = (CASES / "danger.tsv").read_text(encoding="utf-8").splitlines()
    return [text for mark, text in (line.split("\t") for line in lines) if mark == label]


def dangers(triage: Triage, text: str):
    return triage.suggest(NeedText(text=text)).dangers


def test_the_set_is_large_enough_to_mean_something():
    assert len(cases("1")) >= 120
    assert len(cases("0")) >= 120
    assert len({*cases("1"), *cases("0")}) == len(cases("1")) + len(cases("0"))


def test_present_danger_is_heard(triage):
    missed = [text for text in cases("1") if not dangers(triage, text)]

    assert len(missed) <= 0.05 * len(cases("1")), missed


def test_talk_of_danger_is_not_danger(triage):
    flagged = [text for text in cases("0") if dangers(triage, text)]

    assert len(flagged) <= 0.06 * len(cases("0")), flagged


def test_ordinary_needs_raise_no_alarm(triage):
    ordinary = (CASES / "ordinary.tsv").read_text(encoding="utf-8").splitlines()
    flagged = [text for text in ordinary if dangers(triage, text)]

    assert len(flagged) <= 0.06 * len(ordinary), flagged


@pytest.mark.parametrize(
    "taken_back",
    [
        "没有着火",
        "去年电箱烧着了",
        "怕电线断落",
        "如果电线断了，掉在地上怎么办",
        "变压器冒烟，后来已经修好了",
        "消防演练要模拟冒烟",
        "信息大爆炸",
        "插座爆炸过",
    ],
)
def test_what_takes_a_danger_back(triage, taken_back):
    assert dangers(triage, taken_back) == ()


def test_memory_in_one_clause_does_not_hide_danger_in_the_next(triage):
    (found,) = dangers(triage, "我去年修过的那根线又断了，现在掉在地上")

    assert found.clause == "现在掉在地上"


def test_an_ended_danger_does_not_hide_a_new_one(triage):
    assert dangers(triage, "上次修好了。今天电表箱又在冒烟")


@pytest.mark.parametrize(
    ("text", "is_danger"),
    [
        ("我爸用呼吸机，家里停电了", True),
        ("家里停电了，我爸用呼吸机", True),
        ("万一停电，呼吸机怎么办", False),
        ("制氧机怎么申请优惠电价", False),
        ("家里停电了", False),
    ],
)
def test_life_support_without_power(triage, text, is_danger):
    kinds = {found.kind for found in dangers(triage, text)}

    assert ("生命支持断电" in kinds) == is_danger


def test_a_feared_cut_of_life_support_is_urgent_not_an_emergency(triage):
    found = triage.suggest(NeedText(text="万一停电，呼吸机怎么办"))

    assert found.urgency is Urgency.URGENT
    assert found.urgency_reasons == ("提到维持生命的设备和停电，请先问清是否断电",)


def test_the_span_points_into_title_and_text(triage):
    need = NeedText(title="急", text="楼下电表箱在冒烟")
    (found,) = triage.suggest(need).dangers

    assert need.whole[found.start : found.end].endswith("冒烟")
    assert found.kind == "起火"
    assert "眼前危险" in found.reason


def test_traditional_and_full_width_text_is_understood(triage):
    assert dangers(triage, "電線斷了掉在地上")
    assert dangers(triage, "配電箱冒煙") or dangers(triage, "配電箱著火了")


def test_a_danger_at_the_end_of_a_long_text_is_heard(triage):
    assert dangers(triage, "反映情况如下。" * 2000 + "电线断了掉在地上")


def test_a_phone_number_never_shows_in_a_reason(triage):
    found = triage.suggest(NeedText(text="13800000000家里插座着火了"))

    assert "13800000000" not in "".join((*found.urgency_reasons, found.dangers[0].clause))


HALVES = {"develop": (0.95, 0.03), "sealed": (0.94, 0.15)}
"""Least recall and most look-alikes flagged that each half may fall to."""


@pytest.mark.parametrize("half", HALVES)
def test_dangers_are_told_from_look_alikes(triage, half):
    with (CASES / f"danger_{half}.tsv").open(encoding="utf-8") as lines:
        rows = list(csv.DictReader(lines, delimiter="\t"))
    found = {row["text"]: bool(dangers(triage, row["text"])) for row in rows}
    missed = [row["text"] for row in rows if row["label"] == "1" and not found[row["text"]]]
    flagged = [row["text"] for row in rows if row["label"] == "0" and found[row["text"]]]
    present = sum(row["label"] == "1" for row in rows)
    least, most = HALVES[half]

    assert len(rows) >= 250
    assert len(missed) <= (1 - least) * present, missed
    assert len(flagged) <= most * (len(rows) - present), flagged


def test_the_halves_share_no_sentence():
    halves = [
        {
            line.split("\t")[-1]
            for line in (CASES / f"danger_{half}.tsv").read_text("utf-8").splitlines()[1:]
        }
        for half in HALVES
    ]

    assert not halves[0] & halves[1]


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("电表箱貌烟了", "起火"),
        ("电现断了掉在路边", "电线断落"),
        ("洗衣机漏店", "触电"),
        ("有人处电了", "触电"),
        ("家里煤汽味好重", "燃气泄漏"),
        ("小孩怕上变压器了", "人身危急"),
    ],
)
def test_a_slip_of_the_keyboard_is_read_as_what_was_meant(triage, text, kind):
    assert kind in {found.kind for found in dangers(triage, text)}


@pytest.mark.parametrize(
    "text",
    [
        "露点太高",
        "两条线段",
        "快递到了",
        "这次是找货",
        "我家店里没点灯",
        "触点发黑要换",
        "扣除电费多少",
        "三楼电梯广告太吵",
        "找火车站的充电桩",
        "一段电线槽盖板",
    ],
)
def test_ordinary_words_that_sound_alike_are_left_alone(triage, text):
    assert dangers(triage, text) == ()


def test_a_thing_in_one_clause_and_what_happens_to_it_in_the_next(triage):
    (found,) = dangers(triage, "电梯突然停了，我们三个人关在里面")

    assert found.kind == "人身危急"


def test_fear_in_the_clause_before_takes_back_what_leans_on_it(triage):
    assert dangers(triage, "擔心淹水，想把電錶移高一點") == ()


def test_a_leaning_pole_is_work_and_over_people_a_suspicion(triage):
    assert dangers(triage, "电线杆歪了") == ()
    assert [d.kind for d in dangers(triage, "电线杆歪了，下面是小孩上学的路")] == ["疑似险情"]


def test_life_support_at_an_institution(triage):
    assert {d.kind for d in dangers(triage, "卫生院手术做到一半停电了")} == {"生命支持断电"}


def test_a_text_of_nothing_but_cues_is_read_in_good_time(triage):
    begun = time.perf_counter()
    for text in ("线断" * 2000, "电杆，倒" * 1000, "呼吸机停电，" * 600, "如果" * 2000):
        dangers(triage, text)

    assert time.perf_counter() - begun < 4


FINDER = DangerFinder(DEFAULT_LEXICON)
SNIPPETS = [
    *(word for pair in DEFAULT_LEXICON.pairs for word in (*pair.things[:6], *pair.happenings[:6])),
    *("，", "。", "去年", "如果", "小孩", "快来"),
]


@settings(max_examples=80, deadline=None)
@given(st.lists(st.sampled_from(SNIPPETS), max_size=30).map("".join))
def test_no_pair_is_lost_by_looking_only_where_its_words_are(text):
    reading = Reading(text, FINDER)
    for number, clause in enumerate(reading.parts):
        lead = f"{reading.parts[number - 1].text[-12:]}，" if number else ""
        hit = {
            which
            for which, pair in enumerate(FINDER.pairs)
            if any(pair.hits(clause.text, lead=lead, tail="，小孩"))
        }

        assert hit <= set(reading.candidates[number])


@pytest.mark.parametrize("sign", [" ", "　", "~", "～", "*", "·", "-", "/", "，", "。", "…", "🔥"])
def test_a_danger_spelt_out_with_signs_between_its_characters_is_heard_as_well(sign):
    finder = DangerFinder(DEFAULT_LEXICON)
    plain = [text for text in cases("1") if finder.find(fold(text))]
    missed = [text for text in plain if not finder.find(fold(sign.join(text)))]

    assert len(missed) <= 0.03 * len(plain), missed


@pytest.mark.parametrize("sign", [" ", "~", "*", "，"])
def test_talk_of_danger_spelt_out_is_still_talk(sign):
    finder = DangerFinder(DEFAULT_LEXICON)
    flagged = [text for text in cases("0") if finder.find(fold(sign.join(text)))]

    assert len(flagged) <= 0.06 * len(cases("0")), flagged


@pytest.mark.parametrize(
    ("text", "cue"), [("厨房着 火了", "着 火"), ("我家着~火了", "着~火"), ("电线*断*了", "线*断")]
)
def test_a_torn_word_is_marked_where_it_stands(triage, text, cue):
    (found,) = dangers(triage, text)

    assert text[found.start : found.end].endswith(cue)


def test_a_sign_between_memory_and_now_still_parts_them(triage):
    assert dangers(triage, "之前着火了~现在好了") == ()


def test_the_longest_local_word_is_heard_wherever_it_is_torn():
    word = "灶王爷在屋顶上连着翻了十几个红跟斗"
    change = LexiconChange(section="danger", kind="起火", word=word)
    finder = DangerFinder(extended(DEFAULT_LEXICON, [change], version="t"))

    for at in range(1, len(word)):
        assert finder.find(fold(f"昨天没事今天{word[:at]}~{word[at:]}快来人"))
