"""Readers see no name, number or door of a person; what is understood loses nothing by that."""

import pytest

from dianliang.engines.triage import DEFAULT_LEXICON, UNTAUGHT, Knowledge, NeedText, Triage

READER = Triage(Knowledge(services=(), areas=(), lexicon=DEFAULT_LEXICON), UNTAUGHT)


def shown(text: str) -> str:
    masks = READER.suggest(NeedText(text=text)).masks
    return "".join(
        "*" if any(mask.start <= at < mask.end for mask in masks) else char
        for at, char in enumerate(text)
    )


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("我叫张伟，张伟家着火了", "我叫**，**家着火了"),
        ("张小明家着火了，住3幢2单元501", "***家着火了，住3幢2单元***"),
        ("我是欧阳娜娜，欧阳娜娜家漏电", "我是****，****家漏电"),
        ("住户王建国触电", "住户***触电"),
        ("电话一三八零零一三八零零零，快来", "电话***********，快来"),
        ("电线13800138000断了", "电线***********断了"),
        ("电线（联系人：张伟）断了", "电线（联系人：**）断了"),
    ],
)
def test_what_leads_to_a_person_is_hidden_wherever_it_stands(text, expected):
    assert shown(text) == expected
    assert READER.hear(text).masks == READER.suggest(NeedText(text=text)).masks


@pytest.mark.parametrize(
    "text", ["用户高压线断了掉在地上", "张小明家着火了", "住户王建国触电", "云鸿西路12号路灯不亮"]
)
def test_hiding_takes_no_danger_away_and_no_place_of_a_lamp(text):
    found = READER.suggest(NeedText(text=text))

    assert found.is_danger == ("路灯" not in text)
    assert "高压线" in shown(text) or "高压线" not in text
    assert "12号" in shown(text) or "12号" not in text
