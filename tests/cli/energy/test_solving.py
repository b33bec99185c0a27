"""`dianliang energy relief|zone|coverage`: templates that compute, clear words by row."""

import json
import re

import pytest
from openpyxl import load_workbook

from dianliang.cli.energy.command import run
from dianliang.flows.energy.inputs import UnusableInputError
from dianliang.kernel.errors import DomainError

VERBS = ("relief", "zone", "coverage")


def answer(capsys, *words):
    assert run([*map(str, words)]) == 0
    return capsys.readouterr().out


@pytest.mark.parametrize("verb", VERBS)
def test_a_template_computes_alike_as_excel_and_as_json(verb, tmp_path, capsys):
    book, text = tmp_path / "样例.xlsx", tmp_path / "样例.json"
    answer(capsys, verb, "--template", book)
    answer(capsys, verb, "--template", text)
    assert "检查通过" in answer(capsys, verb, "--check", book)

    from_book = json.loads(answer(capsys, verb, book))

    assert from_book == json.loads(answer(capsys, verb, text))
    assert from_book["summary"]
    out = tmp_path / "结果.xlsx"
    answer(capsys, verb, book, "--out", out)
    sheets = load_workbook(out)
    assert len(sheets.sheetnames) == len(from_book)
    cells = [cell for sheet in sheets for row in sheet.values for cell in row]
    heads = [cell for sheet in sheets for cell in next(sheet.values, ()) if cell]
    assert all(re.search("[一-鿿]", name) for name in (*sheets.sheetnames, *heads))
    assert all(cell == round(cell, 4) for cell in cells if isinstance(cell, float))


def test_what_the_templates_say_is_right(tmp_path, capsys):
    answers = {}
    for verb in VERBS:
        answer(capsys, verb, "--template", tmp_path / f"{verb}.json")
        answers[verb] = json.loads(answer(capsys, verb, tmp_path / f"{verb}.json"))

    relief = answers["relief"]
    assert [one["outcome"] for one in relief["areas"]] == ["relieved", "fine"]
    assert relief["areas"][0]["measures"] == ["M1"]
    assert relief["summary"]["avoided_cny"] == 60_000
    assert answers["zone"]["summary"]["saved_cny"] > 0
    coverage = answers["coverage"]
    assert coverage["next"] == [
        {
            "id": "S2",
            "name": "石龙候选",
            "gain_households": 560,
            "places": ["V3"],
            "cost_cny": 600_000.0,
        }
    ]


def broken(tmp_path, capsys, verb, change):
    path = tmp_path / "x.json"
    answer(capsys, verb, "--template", path)
    body = json.loads(path.read_text())
    change(body)
    path.write_text(json.dumps(body))
    with pytest.raises(UnusableInputError) as refusal:
        run([verb, "--check", str(path)])
    with pytest.raises(UnusableInputError):
        run([verb, str(path)])
    return str(refusal.value.message)


@pytest.mark.parametrize(
    ("verb", "change", "words"),
    [
        ("relief", lambda b: b["areas"][0].update(capacity_kva=0), "容量应大于 0"),
        ("relief", lambda b: b["areas"].append(b["areas"][0]), "出现了 2 次"),
        ("relief", lambda b: b["measures"][0].update(area_id="B9"), "B9"),
        ("relief", lambda b: b["measures"][0].update(kind="祈祷"), "measures 第 1 项"),
        ("relief", lambda b: b["settings"].update(budget_cny=-1), "预算"),
        ("relief", lambda b: b["areas"][1].update(loads_kw=[80] * 19), "20 个点"),
        ("relief", lambda b: b["areas"][0].update(loads_kw="a b"), "areas 第 1 项"),
        ("relief", lambda b: b.pop("areas"), "台区"),
        ("zone", lambda b: b["points"][2].update(load_kw="x"), "points 第 3 项"),
        ("zone", lambda b: b["points"][1].update(sun_kw=-4), "第 2 个点是负数"),
        ("zone", lambda b: b["flexible"][0].update(energy_kwh=900), "用不完"),
        ("zone", lambda b: b["settings"].update(battery_kw=-5), "储能"),
        ("zone", lambda b: b.pop("points"), "曲线"),
        ("coverage", lambda b: b["places"][1].update(lat=99), "places 第 2 项"),
        ("coverage", lambda b: b["places"].append(b["places"][0]), "出现了 2 次"),
        ("coverage", lambda b: b["settings"].pop("within_km"), "请填范围"),
        ("coverage", lambda b: b["settings"].update(most_new=1.5), "settings 第 1 项"),
        ("coverage", lambda b: b.update(stations=[]), "stations"),
    ],
)
def test_what_is_wrong_is_named_with_its_row(verb, change, words, tmp_path, capsys):
    assert words in broken(tmp_path, capsys, verb, change)


def test_a_file_of_another_kind_or_none_is_refused(tmp_path):
    path = tmp_path / "x.json"
    path.write_text("hello")
    for words in (["zone", str(path)], ["zone", str(tmp_path / "no.json")]):
        with pytest.raises(DomainError):
            run(words)
    with pytest.raises(DomainError, match=r"\.xlsx"):
        run(["zone", "--template", str(tmp_path / "x.pdf")])
