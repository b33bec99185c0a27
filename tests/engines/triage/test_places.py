"""Places are named by their own names, in their own sense, and never picked silently."""

import pytest

from dianliang.engines.triage import DEFAULT_LEXICON, Knowledge, NeedText, Triage


def places(triage: Triage, text: str):
    return [(p.name, p.codes) for p in triage.suggest(NeedText(text=text)).places]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("大溪村停电了", [("大溪村", ("V2",))]),
        ("大溪村委会停电了", [("大溪村委会", ("V2",))]),
        ("大溪社区停电了", [("大溪社区", ("V2",))]),
        ("大溪停电了", [("大溪", ("V2",))]),
        ("住在大溪，灯坏了", [("大溪", ("V2",))]),
        ("老汽车站没电", [("老汽车站", ("V11",))]),
        ("余村3组没电", [("余村", ("V1",))]),
        ("天荒坪镇余村没电", [("天荒坪镇", ("T2",)), ("余村", ("V1",))]),
        ("孝丰镇团结没电", [("孝丰镇", ("T3",)), ("团结", ("V3",))]),
        ("团结村没电", [("团结村", ("V3",))]),
    ],
)
def test_names_with_and_without_suffix(triage, text, expected):
    assert places(triage, text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "希望公司管一管",
        "大家团结起来",
        "其余村民都有电",
        "我和村干部说过",
        "马上张贴通知",
        "路上有个大坑",
        "大溪路的灯坏了",
    ],
)
def test_ordinary_words_are_not_villages(triage, text):
    assert places(triage, text) == []


def test_two_places_of_one_name_are_both_offered(triage):
    (place,) = triage.suggest(NeedText(text="石龙村停电了")).places

    assert place.is_ambiguous
    assert [c.label for c in place.candidates] == ["递铺街道·石龙村委会", "孝丰镇·石龙社区居委会"]
    assert "2 处同名" in place.reason
    assert "“石龙村”有同名，请选定" in triage.suggest(NeedText(text="石龙村停电了")).notes


def test_a_township_elsewhere_in_the_text_settles_nothing(triage):
    last = triage.suggest(NeedText(text="孝丰镇的亲戚说，石龙村停电了")).places[-1]

    assert last.codes == ("V4", "V5")


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("住在天荒坪镇余村3组12号，没电", "天荒坪镇余村3组12号"),
        (
            "家住递铺街道胜利西路88号阳光花园3栋2单元501室",
            "递铺街道胜利西路88号阳光花园3栋2单元501室",
        ),
        ("余村停电了", ""),
        ("希望加快完善道路", ""),
    ],
)
def test_an_address_needs_more_than_a_village(triage, text, address):
    assert triage.suggest(NeedText(text=text)).address_text == address


def test_an_installation_without_areas_still_works():
    empty = Triage.prepare(Knowledge(services=(), areas=(), lexicon=DEFAULT_LEXICON))

    found = empty.suggest(NeedText(text="余村停电了"))

    assert found.places == ()
    assert found.none_of_these


@pytest.mark.parametrize(
    ("text", "hidden"),
    [
        ("我叫王建国，电话13812345678", ["王建国", "13812345678"]),
        ("李师傅说明天来", ["李"]),
        ("手机 138 1234 5678", ["138 1234 5678"]),
        ("身份证330523199001011234", ["330523199001011234"]),
        ("我是余村的", []),
        ("户号1234567890123", []),
    ],
)
def test_what_identifies_a_person_can_be_hidden(triage, text, hidden):
    masks = triage.suggest(NeedText(text=text)).masks

    assert [text[mask.start : mask.end] for mask in masks] == hidden
