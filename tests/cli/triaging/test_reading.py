"""Files of needs as people have them: every encoding, every shape, a broken line by itself."""

import json
from io import BytesIO

import pytest
import xlsxwriter
from hypothesis import given
from hypothesis import strategies as st

from dianliang.cli.triaging.reading import UNREADABLE, Item, Kind, Unread, entries

LINES = "余村村停电了\n\n梅溪镇線路掉在地上😱\r\n"


def read(content, name="需求.txt", kind=None):
    return list(entries(content, name=name, kind=kind))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_lines_are_read_in_each_encoding_and_keep_their_numbers(encoding):
    assert read(LINES.encode(encoding)) == [
        Item(line=1, text="余村村停电了"),
        Item(line=3, text="梅溪镇線路掉在地上😱"),
    ]


def test_one_broken_line_is_refused_and_the_others_are_not_read_as_something_else():
    content = "家里停电了\n".encode() + b"\xff\xfe\x80\n" + "电线断了\n".encode()

    assert read(content) == [
        Item(line=1, text="家里停电了"),
        Unread(line=2, error=UNREADABLE),
        Item(line=3, text="电线断了"),
    ]


def test_a_line_in_the_other_encoding_is_refused_rather_than_misread():
    content = "家里停电了\n村口路灯不亮\n".encode() + "电线断了\n".encode("gb18030")

    assert [type(entry) for entry in read(content)] == [Item, Item, Unread]


def test_utf_16_is_refused_as_a_whole():
    (refusal,) = read("停电了".encode("utf-16"))

    assert refusal.line is None
    assert "UTF-16" in refusal.error


@given(st.binary(max_size=200), st.sampled_from([None, *Kind]))
def test_whatever_stands_in_a_file_is_an_item_or_a_refusal(content, kind):
    for entry in read(content, kind=kind):
        assert isinstance(entry, Item | Unread)


@given(st.lists(st.text(st.characters(exclude_characters="\n\r", codec="utf-8"), max_size=20)))
def test_lines_come_back_in_order(texts):
    content = ("\ufeff" + "\n".join(texts)).encode()

    found = read(content, kind=Kind.LINES)

    assert [(entry.line, entry.text) for entry in found] == [
        (number, text) for number, text in enumerate(texts, start=1) if text.strip()
    ]


def test_json_lines_carry_titles_and_numbers_of_their_own():
    lines = [
        {"text": "停电了", "id": 7},
        {"text": "断线", "title": "急", "id": "A-1"},
        {"text": "half \ud83d of an emoji"},
    ]
    content = "\n".join(json.dumps(line) for line in lines).encode()

    expected = [
        Item(line=1, text="停电了", id=7),
        Item(line=2, text="断线", title="急", id="A-1"),
        Item(line=3, text="half \N{REPLACEMENT CHARACTER} of an emoji"),
    ]
    assert read(content, "x.jsonl") == expected
    assert read(content, "-") == expected
    assert read(json.dumps(lines).encode(), "x.json") == expected


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("{", "不是 JSON 对象"),
        ("[" * 100_000, "不是 JSON 对象"),
        ("[1]", "不是 JSON 对象"),
        ('{"text": 3, "id": "A"}', "text 应为文字"),
        ('{"id": 1}', "text 应为文字"),
        ('{"text": "x", "title": []}', "title 应为文字"),
        ('{"text": "x", "id": {}}', "id 应为文字或整数"),
        ('{"text": "x", "id": true}', "id 应为文字或整数"),
        ('{"text": "x", "id": "' + "9" * 300 + '"}', "id 最多"),
        ("9" * 5000, "不是 JSON 对象"),
    ],
)
def test_a_line_that_is_no_need_says_why_and_the_next_is_read(line, words):
    first, second = read(f'{line}\n{{"text": "停电了"}}'.encode(), kind=Kind.JSONL)

    assert words in first.error
    assert second == Item(line=2, text="停电了")


def test_a_broken_list_is_refused_as_a_whole():
    assert read(b'[{"text": "x"', "x.json")[0].line is None


def workbook(*rows):
    content = BytesIO()
    with xlsxwriter.Workbook(content) as book:
        sheet = book.add_worksheet()
        for number, row in enumerate(rows):
            sheet.write_row(number, 0, row)
    return content.getvalue()


def test_excel_and_csv_are_read_by_their_headings():
    table = (("编号", "标题", "内容"), ("A1", "急", "电线断了"), ("", "", ""), (2, "", "停电"))
    expected = [
        Item(line=2, text="电线断了", title="急", id="A1"),
        Item(line=4, text="停电", id="2"),
    ]
    csv = "\n".join(",".join(map(str, row)) for row in table)

    assert read(workbook(*table), "x.xlsx") == expected
    assert read(workbook(("2026 年需求",), ("内容", "电话"), ("停电", "1")), "-") == [
        Item(line=3, text="停电")
    ]
    assert read(csv.encode("gb18030"), "x.csv") == expected
    assert read(b"text\nhelp\n", "x.csv") == [Item(line=2, text="help")]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (workbook(("说明",), ("停电",)), "没有“内容”"),
        (b"", "没有“内容”"),
        (workbook(("内容", "内容"), ("停电", "x")), "表头重复"),
        (b"PK\x03\x04broken", "已损坏"),
    ],
)
def test_a_table_without_its_column_is_refused_with_advice(content, words):
    (refusal,) = read(content, "x.csv")

    assert refusal.line is None
    assert words in refusal.error


@pytest.mark.parametrize(
    "broken",
    [
        '编号,内容\n1,"好的"\n2,"家里停电了\n3,路灯不亮\n4,电线断了\n',
        '编号,内容\n1,"两\n行"\n2,"家里停电了\n3,路灯不亮\n4,"电线断了"\n',
    ],
)
def test_a_quote_that_nobody_closed_is_told_with_its_line(broken):
    (refusal,) = read(broken.encode(), name="需求.csv")

    line = 1 + broken.split("家里")[0].count("\n")
    assert isinstance(refusal, Unread)
    assert f"第 {line} 行开始的一行，有引号没有成对" in refusal.error


def test_quotes_and_line_breaks_within_a_cell_are_kept():
    content = '编号,内容\n1,"他说""没电""\n快来"\n2,路灯不亮\n'.encode()

    assert [item.text for item in read(content, name="需求.csv")] == [
        '他说"没电"\n快来',
        "路灯不亮",
    ]
