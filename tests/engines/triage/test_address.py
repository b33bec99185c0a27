"""An address is taken apart into the parts that a crew drives by, whatever is written around it."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dianliang.engines.triage import ADDRESS_KINDS, NeedText, address_parts


def parts(text: str) -> list[tuple[str, str]]:
    return [(part.kind, part.text) for part in address_parts(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "浙江省湖州市安吉县天荒坪镇余村村委会",
            "prov 浙江省 city 湖州市 district 安吉县 town 天荒坪镇 community 余村村委会",
        ),
        (
            "递铺街道胜利西路88号阳光花园3栋2单元501室",
            (
                "town 递铺街道 road 胜利西路 roadno 88号 poi 阳光花园 houseno 3栋 cellno 2单元"
                " roomno 501室"
            ),
        ),
        (
            "昌硕街道天荒坪南路100号",
            "town 昌硕街道 road 天荒坪南路 roadno 100号",
        ),
        (
            "安吉县梅溪镇荆湾村6组",
            "district 安吉县 town 梅溪镇 community 荆湾村 road 6组",
        ),
        (
            "杭州余杭区文一西路969号3号楼5层",
            "city 杭州 district 余杭区 road 文一西路 roadno 969号 houseno 3号楼 floorno 5层",
        ),
        (
            "孝丰镇城东社区对面",
            "town 孝丰镇 community 城东社区 assist 对面",
        ),
        (
            "阳光花园12-3-602",
            "poi 阳光花园 houseno 12 redundant - cellno 3 redundant - roomno 602",
        ),
        (
            "浙江省宁波市宁波市鄞州区",
            "prov 浙江省 redundant 宁波市 city 宁波市 district 鄞州区",
        ),
    ],
)
def test_an_address_is_taken_apart(text, expected):
    words = expected.split(" ")

    assert parts(text) == list(zip(words[::2], words[1::2], strict=True))


@settings(max_examples=80, deadline=None)
@given(
    st.lists(
        st.one_of(
            st.sampled_from(["余村", "镇", "路", "12", "号", "-", "栋", "浙江省", "A", "单元"]),
            st.text(max_size=4),
        ),
        max_size=14,
    ).map("".join)
)
def test_the_parts_lie_side_by_side_without_gaps(text):
    found = address_parts(text)

    assert "".join(part.text for part in found) == text[:80]
    assert all(part.kind in ADDRESS_KINDS for part in found)
    assert [part.start for part in found[1:]] == [part.end for part in found[:-1]]


def test_parts_of_a_need_point_into_what_was_written(triage):
    need = NeedText(title="報修", text="住在遞鋪街道勝利西路８８号，没电")
    found = triage.suggest(need)

    assert [(p.kind, p.text) for p in found.address_parts] == [
        ("town", "递铺街道"),
        ("road", "胜利西路"),
        ("roadno", "88号"),
    ]
    assert [need.whole[p.start : p.end] for p in found.address_parts] == [
        "遞鋪街道",
        "勝利西路",
        "８８号",
    ]


def test_what_the_gazetteer_knows_is_certain(triage):
    found = triage.suggest(NeedText(text="住在大溪3组12号，没电"))

    assert [(p.kind, p.text) for p in found.address_parts] == [
        ("community", "大溪"),
        ("road", "3组"),
        ("roadno", "12号"),
    ]


def test_a_number_is_never_cut_in_two():
    assert ("roomno", "1234") in parts("阳光花园3栋1234")


@pytest.mark.parametrize("text", ["121212", "1" * 40, "余村" + "9" * 20 + "号"])
def test_a_run_of_digits_is_read_however_long(text):
    assert "".join(part.text for part in address_parts(text)) == text


def test_a_text_without_an_address_has_no_parts(triage):
    assert triage.suggest(NeedText(text="余村停电了")).address_parts == ()
    assert address_parts("") == ()
