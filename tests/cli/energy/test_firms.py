"""``dianliang energy enterprises``: a table of firms and a tariff become findings and reports."""

import csv
import json

import pypdf
import pytest

from dianliang.cli.energy.command import run
from dianliang.flows.enterprises import firm_files, tariff_files
from dianliang.kernel.errors import DomainError
from tests.flows.enterprises.county import stored, unfit


@pytest.fixture
def files(tmp_path):
    home = tmp_path / "home"
    home.mkdir()
    supplies, _, _ = stored(home, count=2)
    headings = [name for name, _, _ in firm_files.HEADINGS]
    with (tmp_path / "firms.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(headings)
        for one in (*supplies, unfit(supplies[0])["没有读数"]):
            way = next(words for words, way in firm_files.WAYS.items() if way == one.way)
            writer.writerow(
                [
                    *(one.number, one.name, *one.meters, one.tariff, way, one.capacity_kva),
                    *(one.contract_kw or "", one.standard, one.roof_kwp),
                ]
            )
    (tmp_path / "tariff.json").write_text(tariff_files.told(tariff_files.demo()), "utf-8")
    return tmp_path


def asked(files, *words):
    return run(
        [
            *("enterprises", str(files / "firms.csv"), "--tariff", str(files / "tariff.json")),
            *("--from", "2025-03-01", "--until", "2025-05-01", "--home", str(files / "home")),
            *map(str, words),
        ]
    )


def test_firms_become_findings_and_a_report_of_two_pages_each(files, capsys):
    asked(files, "--out", files / "found.json", "--reports", files / "reports")
    told = capsys.readouterr().out

    assert "分析 2 户，未分析 1 户" in told
    assert "演示电价，不是任何地方的执行价" in told
    found = json.loads((files / "found.json").read_text("utf-8"))
    assert found["firms"][0]["analysis"]["high_cny"] >= found["firms"][1]["analysis"]["high_cny"]
    assert "没有读数" in found["firms"][2]["problem"]
    reports = sorted((files / "reports").iterdir())
    assert len(reports) == 2
    assert len(pypdf.PdfReader(reports[0]).pages) == 2
    asked(files, "--out", files / "found.csv")
    assert "未分析" in (files / "found.csv").read_text("utf-8-sig")


def test_a_tariff_is_checked_and_a_wrong_one_told_whole(tmp_path, capsys):
    run(["tariff", "demo", str(tmp_path / "demo.json")])
    assert run(["tariff", "check", str(tmp_path / "demo.json")]) == 0
    assert "YS-10KV 第 2 版" in capsys.readouterr().out
    run(["tariff", "template", str(tmp_path / "empty.xlsx")])
    assert run(["tariff", "check", str(tmp_path / "empty.xlsx")]) == 0
    demo = tariff_files.told(tariff_files.demo()).replace('"until": "09:00"', '"until": "08:45"')
    (tmp_path / "gap.json").write_text(demo, "utf-8")
    with pytest.raises(DomainError, match="08:45–09:00 没有定时段"):
        run(["tariff", "check", str(tmp_path / "gap.json")])
    with pytest.raises(DomainError, match="读不了"):
        run(["tariff", "check", str(tmp_path / "nix.json")])
    with pytest.raises(SystemExit, match="2"):
        run(["enterprises"])
