"""Addresses that were taken apart by hand teach the command; a slip is named with its line."""

import json
from functools import cache
from io import BytesIO

import pytest
import xlsxwriter

from dianliang.cli.triaging import addresses, command
from dianliang.core.checks import InvalidRowsError
from dianliang.engines.triage import ADDRESS_KINDS, teach_addresses
from tests.engines.triage.test_address_reader import examples

taught_once = cache(teach_addresses)
NEED = "余村村12号上坞公变3号杆倒了"


def line(one):
    parts = [{"kind": part.kind, "text": part.text} for part in one.parts]
    return json.dumps({"text": one.text, "parts": parts}, ensure_ascii=False)


def table(*rows):
    """Make a workbook as an office has it: the whole address, and a column for each part."""
    out = BytesIO()
    book = xlsxwriter.Workbook(out)
    sheet = book.add_worksheet("地址")
    for number, row in enumerate((["地址", "乡镇街道", "村社区", "小区单位", "门牌号"], *rows)):
        sheet.write_row(number, 0, row)
    book.close()
    return out.getvalue()


@pytest.fixture
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(addresses, "teach_addresses", lambda examples: taught_once(tuple(examples)))
    monkeypatch.delenv("DIANLIANG_HOME", raising=False)
    monkeypatch.delenv("DIANLIANG_DATABASE", raising=False)
    (tmp_path / "拆好.jsonl").write_text("\n\n".join(map(line, examples(40))), encoding="utf-8")
    return tmp_path


def test_every_part_has_a_column_of_its_own():
    assert [*addresses.PART_COLUMNS] == [*ADDRESS_KINDS]
    assert len({*addresses.PART_COLUMNS.values()}) == len(ADDRESS_KINDS)


def test_what_was_learnt_is_told_kept_and_used(here, capsysbinary):
    assert command.run(["--addresses", "拆好.jsonl", "--save-addresses", "地址.npz"]) == 0
    told = capsysbinary.readouterr().err.decode()
    assert "学自 40 条" in told
    assert "在没见过的 40 条上" in told

    asked = ["--shipped", "--addresses", "地址.npz", "--personal", "--text", NEED]
    assert command.run(asked) == 0
    said = capsysbinary.readouterr()
    assert "学自 40 条" in said.err.decode()
    parts = json.loads(said.out)["address"]
    assert all(NEED[part["start"] : part["end"]] == part["text"] for part in parts)


def test_a_table_and_lines_teach_the_same(here):
    rows = [[one.text, *(part.text for part in one.parts)] for one in examples(40)]
    (here / "拆好.xlsx").write_bytes(table(*rows))

    of_table, of_lines = (addresses.learnt(here / name) for name in ("拆好.xlsx", "拆好.jsonl"))

    assert of_table.reader.check == of_lines.reader.check
    assert of_table.is_better


def test_parts_without_the_whole_are_put_together(here):
    told = {"parts": [{"kind": "乡镇街道", "text": "灵峰街道"}, {"kind": "road", "text": "剑山路"}]}
    (here / "短.jsonl").write_text(json.dumps(told, ensure_ascii=False) + "\n", encoding="utf-8")

    with pytest.raises(addresses.UnableToReadAddressesError, match="有 1 条带标注的地址"):
        addresses.learnt(here / "短.jsonl")


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ("余村12号", "不是 JSON"),
        ("[" * 100_000, "不是 JSON"),
        ("[]", "没有 parts"),
        ('{"text": "余村12号"}', "没有 parts"),
        ('{"text": "余村12号", "parts": [{"kind": "village", "text": "余村"}]}', '没有 "village"'),
        ('{"text": "余村12号", "parts": [{"kind": ["road"], "text": "余村"}]}', '没有 ["road"]'),
        ('{"text": "余村12号", "parts": ["余村"]}', "没有 null"),
        ('{"text": "余村12号", "parts": [{"kind": "road", "text": 3}]}', "road 的 text"),
        ('{"text": 12, "parts": [{"kind": "road", "text": "余村"}]}', "text 应为文字"),
        (
            '{"text": "余村12号", "parts": [{"kind": "community", "text": "高禹"}]}',
            "找不到村社区“高禹”",
        ),
        (
            (
                '{"text": "余村12号", "parts": [{"kind": "roadno", "text": "12号"},'
                ' {"kind": "community", "text": "余村"}]}'
            ),
            "先后排列",
        ),
        (
            f'{{"text": "{"村" * 300}", "parts": [{{"kind": "road", "text": "村"}}]}}',
            "最多 200 字",
        ),
    ],
)
def test_a_slip_is_named_with_its_line_and_nothing_is_learnt(here, wrong, words):
    good = "\n".join(map(line, examples(40)))
    (here / "错.jsonl").write_text(f"{good}\n{wrong}\n", encoding="utf-8")

    with pytest.raises(InvalidRowsError) as refusal:
        addresses.learnt(here / "错.jsonl")

    assert len(refusal.value.rows) == 1
    assert "第 41 行" in refusal.value.rows[0]
    assert words in refusal.value.rows[0]


def test_all_slips_of_a_table_are_named_at_once(here):
    (here / "错.xlsx").write_bytes(
        table(["余村12号", "", "高禹", "", ""], ["灵峰街道", "灵峰镇", "", "", ""])
    )

    with pytest.raises(InvalidRowsError) as refusal:
        addresses.learnt(here / "错.xlsx")

    assert [row.partition("：")[0] for row in refusal.value.rows] == [
        "错.xlsx 第 2 行",
        "错.xlsx 第 3 行",
    ]


@pytest.mark.parametrize("body", [b"", b"PK\x03\x04", b"\x80\x04K\x01."])
def test_a_kept_reader_that_is_none_is_refused(here, body):
    (here / "坏.npz").write_bytes(body)

    with pytest.raises(addresses.UnableToReadAddressesError, match="不是本版本保存的地址模型"):
        addresses.learnt(here / "坏.npz")


def test_files_that_cannot_be_read_or_written_are_named(here):
    with pytest.raises(addresses.UnableToReadAddressesError, match=r"读不了 没有\.jsonl"):
        addresses.learnt(addresses.Path("没有.jsonl"))
    (here / "编码.jsonl").write_bytes(b"\xff\xff\xff")
    with pytest.raises(addresses.UnableToReadAddressesError, match="不是 UTF-8 也不是"):
        addresses.learnt(here / "编码.jsonl")
    reader = addresses.learnt(here / "拆好.jsonl").reader
    with pytest.raises(addresses.UnableToReadAddressesError, match=r"\.npz 结尾"):
        addresses.keep(reader, here / "地址.pkl")
    with pytest.raises(addresses.UnableToReadAddressesError, match="写不了"):
        addresses.keep(reader, here / "没有" / "地址.npz")


def test_a_reader_that_is_no_better_than_the_rules_is_not_used(here, monkeypatch, capsysbinary):
    check = addresses.learnt(here / "拆好.jsonl").reader.check
    assert check is not None
    monkeypatch.setattr(type(check), "is_better", False)

    assert command.run(["--shipped", "--addresses", "拆好.jsonl", "--text", NEED]) == 0
    taught = capsysbinary.readouterr()
    assert "不如规则，仍用规则" in taught.err.decode()
    assert command.run(["--shipped", "--text", NEED]) == 0
    assert capsysbinary.readouterr().out == taught.out


def test_keeping_without_examples_makes_no_sense(here):
    with pytest.raises(SystemExit) as left:
        command.run(["--save-addresses", "地址.npz"])

    assert left.value.code == 2
