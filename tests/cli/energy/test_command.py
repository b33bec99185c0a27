"""``dianliang energy``: from an export of a meter system to transformers that carry too much."""

import csv
import re

import numpy as np
import pytest
import python_calamine

from dianliang.cli.energy.command import run
from dianliang.kernel.errors import DomainError

CHINESE = re.compile("[\u3000-\u303f\u4e00-\u9fff\uff01-\uff60]")
HOURS = np.arange(96) / 4
EVENING = np.exp(-((HOURS - 24) ** 2) / 4) + np.exp(-(HOURS**2) / 4)


@pytest.fixture
def files(tmp_path):
    """Ten meters on a small transformer that is overloaded around midnight, ten on another."""
    register = [["表号", "变压器编号", "额定容量(kVA)"]]
    register += [[f"=M{i:02d}", f"T{i // 10}", 50] for i in range(20)]
    rows = [["表号", "数据时间", "有功功率(kW)", "电压(V)"]]
    for i in range(20):
        for day in ("2026-06-30", "2026-07-01"):
            for j, share in enumerate(EVENING):
                kw = 0.2 + share * (9.0 if i < 10 else 1.0)
                at = f"{day} {j // 4:02d}:{j % 4 * 15:02d}"
                rows.append([f"=M{i:02d}", at, f"{kw:.3f}", "230.1"])
    for name, table in (("register.csv", register), ("curves.csv", rows)):
        with (tmp_path / name).open("w", encoding="gb18030", newline="") as file:
            csv.writer(file).writerows(table)
    return tmp_path


def ran(files, *words, capsys):
    assert run([*map(str, words), "--home", str(files / "home")]) == 0
    return capsys.readouterr().out


def test_an_export_becomes_a_table_of_overloads_across_the_border_of_a_month(files, capsys):
    told = ran(
        files, "import", files / "curves.csv", "--meters", files / "register.csv", capsys=capsys
    )
    assert "20 只表，2 台变压器" in told
    assert "2026-06：新增 20 表日" in told
    assert "没有改动" in ran(files, "import", files / "curves.csv", capsys=capsys)

    told = ran(files, "loading", "2026-07", capsys=capsys)
    assert "2026-06-30 22:30 至 2026-07-01 01:45 过载 195 分钟" in told
    assert "2 台变压器：过载 1 台，重载 0 台" in told
    assert "2 台一半以上时刻数据不足" in told
    assert "期间：2026-07-01 至 2026-07-31，共 31 天；有曲线的在 2026-07-01 至 2026-07-01" in told
    told = ran(files, "quality", "2026-07", capsys=capsys)
    assert "20 只有疑问" in told
    assert re.search(r"=M00 +1 +0\.032 +2880 ", told)
    one_day = ("--from", "2026-07-01", "--until", "2026-07-02")
    assert "0 只有疑问" in ran(files, "quality", *one_day, capsys=capsys)

    ran(files, "features", "2026-06", "--out", files / "days.xlsx", capsys=capsys)
    sheet = python_calamine.load_workbook(files / "days.xlsx").get_sheet_by_index(0).to_python()
    assert (sheet[1][:3], len(sheet)) == (["=M00", "2026-06-30", 96], 21)
    day = dict(zip(sheet[0], sheet[1], strict=True))
    assert (day["峰值(kW)"], day["最低电压(V)"]) == (9.2, 230.1)
    ran(files, "loading", "2026-06", "--out", files / "runs.csv", "--all", capsys=capsys)
    assert "T1,50.0,10" in (files / "runs.csv").read_text("utf-8-sig")
    ran(files, "features", "2026-06", "--out", files / "days.csv", capsys=capsys)
    assert '\n"\'=M00",2026-06-30,96,' in (files / "days.csv").read_text("utf-8-sig")

    for words in (["loading", "--all"], ["loading", "--out", files / "en.csv"], ["quality"]):
        verb, *options = words
        told = ran(files, verb, "2026-07", *options, "--language", "en", capsys=capsys)
        assert not CHINESE.search(told.replace(str(files), ""))
    told = (files / "en.csv").read_text("utf-8-sig")
    assert "2026-06-30 22:30 to 2026-07-01 01:45: overload, 195 minutes" in told
    assert not CHINESE.search(told)


def test_a_file_with_one_wrong_cell_stores_nothing(files, capsys):
    curves = files / "curves.csv"
    curves.write_text(curves.read_text("gb18030").replace("230.1", "二百", 1), "gb18030")

    with pytest.raises(DomainError, match="第 2 行“电压\\(V\\)”列：“二百”不是数字"):
        run(["import", str(curves), "--home", str(files / "home")])

    assert not list((files / "home").rglob("*.parquet"))
    with pytest.raises(DomainError, match="什么也没有"):
        run(["quality", "2026-07", "--home", str(files / "home")])


def test_a_file_without_a_reading_is_no_day_of_a_meter(tmp_path):
    blank = tmp_path / "blank.csv"
    blank.write_text("表号,数据时间,有功功率(kW)\n0001,2026-07-01 00:00,\n")

    with pytest.raises(DomainError, match="没有一个读数"):
        run(["import", str(blank), "--home", str(tmp_path / "home")])

    assert not list((tmp_path / "home").rglob("*.parquet"))


def test_what_is_no_file_and_what_is_no_workbook_is_told_in_chinese(tmp_path):
    fake = tmp_path / "fake.xlsx"
    fake.write_text("not a workbook\n")
    home = ["--home", str(tmp_path / "home")]

    with pytest.raises(DomainError, match=r"扩展名是 \.xlsx，内容却不是 Excel 文件"):
        run(["import", str(fake), *home])
    with pytest.raises(DomainError, match="没有这个文件或文件夹"):
        run(["import", str(tmp_path / "nowhere.csv"), *home])


def test_readings_of_days_to_come_are_refused(files):
    curves = files / "curves.csv"
    curves.write_text(curves.read_text("gb18030").replace("2026-", "2096-"), "gb18030")

    for words in (["import"], ["import", "--check"]):
        with pytest.raises(DomainError, match="到 2096-07-01 为止，在今天"):
            run([*words, str(curves), "--home", str(files / "home")])

    assert not list((files / "home").rglob("*.parquet"))


def test_a_check_stores_nothing(files, capsys):
    words = ("import", "--check", files / "curves.csv", "--meters", files / "register.csv")

    assert "检查通过，没有写入" in ran(files, *words, capsys=capsys)

    assert not (files / "home").exists()


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        (["import"], "请给出曲线文件"),
        (["loading", "七月"], "不是月份"),
        (["lodaing", "2026-07"], "forecast、relief、zone"),
        (["relief", "--out"], "--out 后面要有一个值"),
        (["loading", "2026-07", "--workers", "x"], "--workers 应填整数，现在是 'x'"),
        (["loading", "2026-07", "--language", "fr"], "--language 不能是 'fr'；可用："),
        (["loading", "2026-07", "--fast"], "不认识：--fast"),
        (["loading"], "--from"),
        (["loading", "9999-12"], "不在 2000-01 到 2100-01 之间"),
        (["loading", "--from", "9999-12-30", "--until", "9999-12-31"], "不在 2000-01-01 到"),
        (["loading", "2026-07", "--until", "2026-07-05"], "只给一种"),
        (["quality", "2026-07", "--rules", "/nonexist"], "quality 不用 --rules"),
        (["features", "--from", "2026-07-01", "--until", "2026-07-01"], "--until 应在"),
    ],
)
def test_who_asks_wrongly_is_told_what_is_missing(words, complaint, capsys):
    with pytest.raises(SystemExit) as end:
        run(words)

    assert end.value.code == 2
    assert complaint in capsys.readouterr().err
