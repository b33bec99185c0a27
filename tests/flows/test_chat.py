"""A paste from a chat group is taken apart as people read it, and nothing of it is lost."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dianliang.flows import chat
from dianliang.kernel.errors import InvalidInputError

CASES = {
    "微信电脑版多选": (
        "张三:\n家里没电\n\n李四:\n我家也没",
        [("张三", "家里没电"), ("李四", "我家也没")],
    ),
    "企业微信": (
        "余村-张三 2026/11/24 11:02:33\n家里没电了\n余村-张三 2026/11/24 11:02:50\n在礼堂后面",
        [("余村-张三", "家里没电了\n在礼堂后面")],
    ),
    "微信邮件导出": (
        (
            "—————  2026-11-24  —————\n\n\n张三  上午 11:02\n\n路灯坏了[图片]\n\n"
            "王五  11:05\n\n水管漏了"
        ),
        [("张三", "路灯坏了"), ("王五", "水管漏了")],
    ),
    "QQ 群": ("2026-11-24 11:02:03 张三(123456)\n跳闸了", [("张三", "跳闸了")]),
    "一行一条": ("张大妈：家里没电了，快来", [("张大妈", "家里没电了，快来")]),
    "引用回复": (
        "「李四：没电了」\n- - - - - - - - - - - - - - -\n我家也没电",
        [("", "我家也没电")],
    ),
    "只有话": ("家里没电了\n电话：13800000000", [("", "家里没电了\n电话：13800000000")]),
    "地址不是人": ("水管漏了\n地址：余村18号", [("", "水管漏了\n地址：余村18号")]),
    "句子里的时间": (
        "家里没电了\n从昨晚停到 23:10\n现在还没来",
        [("", "家里没电了\n从昨晚停到 23:10\n现在还没来")],
    ),
    "昨天": ("王五 昨天 19:20\n变压器响", [("王五", "变压器响")]),
}


@pytest.mark.parametrize("name", CASES)
def test_messages_are_told_apart_as_each_program_copies_them(name):
    raw, expected = CASES[name]

    assert [(said.name, said.text) for said in chat.read(raw)] == expected


def test_the_time_is_kept_as_it_stood_there():
    (said,) = chat.read("张三 2026年11月24日 上午 11:02\n没电了")

    assert said.said_at == "2026年11月24日 上午 11:02"


@given(st.lists(st.sampled_from(["没电了", "水管漏了。", "在余村", "13800000000"]), min_size=1))
def test_plain_lines_survive_whole(lines):
    assert [said.text for said in chat.read("\n".join(lines))] == ["\n".join(lines)]


@given(st.text(max_size=300))
def test_whatever_is_pasted_is_read_without_failing(raw):
    assert all(said.text for said in chat.read(raw))


def test_what_is_no_need_is_told_from_what_is(town):
    raw = (
        "张三 11:02\n余村村家里没电了 13812345678\n李四 11:03\n收到，谢谢\n王五 11:04\n电线掉地上了"
    )

    power, thanks, wire = chat.drafts(raw)

    assert (power.is_need, power.phone, power.area_code) == (True, "13812345678", "V1")
    assert not thanks.is_need
    assert wire.is_need
    assert wire.dangers


@pytest.mark.parametrize(
    "raw", ["", " \n\n", "[图片]", "\n".join(f"张{i}:\n没电" for i in range(31))]
)
def test_too_little_or_too_much_is_refused(town, raw):
    with pytest.raises(InvalidInputError) as refusal:
        chat.drafts(raw)

    assert refusal.value.field == "raw"


def test_the_answer_for_the_group_names_number_promise_and_link(town):
    need = town.post("余村村家里没电了", area_code="V1")

    words = chat.receipt(number=need.number, name="张三", link="https://example.test/n/x/")

    assert words.startswith("@张三 【点亮】")
    for part in (
        need.number,
        "天荒坪供电所",
        "到场时限 11月24日 13:30",
        "https://example.test/n/x/",
    ):
        assert part in words
