"""A grid is checked, computed and written from the command line."""

import pytest

from dianliang.cli.energy.command import run
from dianliang.integrations.grid_files import EXAMPLE, read_grid
from dianliang.kernel.errors import DomainError


@pytest.fixture
def model(tmp_path):
    path = tmp_path / "台区.xlsx"
    run(["grid", "template", str(path)])
    return path


def test_the_template_is_sound_and_is_computed(model, capsys):
    run(["grid", "check", str(model), "--radial"])
    run(["powerflow", str(model)])

    said = capsys.readouterr().out
    assert "5 个节点、3 条线路、1 台变压器、5 个负荷，没有问题" in said
    assert "2号杆（C 相） 最高 240.3 V" in said
    assert "三相负荷不平衡" in said


def test_curves_give_the_moment_of_the_worst(model, tmp_path, capsys):
    curves = tmp_path / "曲线.csv"
    curves.write_text("时刻,炒茶机\n08:00,10\n08:15,260\n08:30,10\n", encoding="utf-8")
    out = tmp_path / "结果.csv"

    run(["powerflow", str(model), "--curves", str(curves), "--out", str(out)])

    rows = out.read_text(encoding="utf-8-sig").splitlines()
    overload = next(row for row in rows if "变压器过载" in row)
    assert ",08:15,1," in overload
    assert "3 个时刻，0.75 小时" in capsys.readouterr().out


def test_one_moment_is_told_as_power_and_steps_without_a_name_are_counted(model, tmp_path, capsys):
    run(["powerflow", str(model), "--language", "en"])
    said = capsys.readouterr().out
    assert " kW, lost " in said
    assert "kWh" not in said
    assert "hour" not in said
    assert "at 1 steps" not in said

    curves, out = tmp_path / "曲线.csv", tmp_path / "结果.csv"
    curves.write_text("炒茶机\n10\n260\n", encoding="utf-8")
    run(["powerflow", str(model), "--curves", str(curves), "--out", str(out)])
    overload = next(row for row in out.read_text("utf-8-sig").splitlines() if "变压器过载" in row)
    assert ",2,1," in overload
    assert "kWh" in capsys.readouterr().out


def test_a_moment_that_has_no_solution_is_not_called_fine(model, tmp_path, capsys):
    curves = tmp_path / "曲线.csv"
    curves.write_text("时刻,炒茶机\n08:00,100000\n", encoding="utf-8")

    assert run(["powerflow", str(model), "--curves", str(curves)]) == 1

    said = capsys.readouterr().out
    assert "没有超过限值" not in said
    assert "有 1 个时刻算不出来" in said
    assert run(["powerflow", str(model)]) == 0


def test_what_is_wrong_is_told_and_nothing_is_computed(model, tmp_path):
    curves = tmp_path / "曲线.csv"
    curves.write_text("时刻,别家\n08:00,1\n", encoding="utf-8")

    with pytest.raises(DomainError, match="别家"):
        run(["powerflow", str(model), "--curves", str(curves)])
    with pytest.raises(DomainError, match="读不了"):
        run(["powerflow", str(tmp_path / "没有.json")])
    with pytest.raises(DomainError, match="扩展名"):
        run(["grid", "template", str(tmp_path / "模板.txt")])
    with pytest.raises(DomainError, match="power-factor"):
        run(["powerflow", str(model), "--power-factor", "0"])


def test_a_grid_is_converted_without_loss(model, tmp_path):
    out = tmp_path / "台区.json"

    run(["grid", "convert", str(model), str(out)])

    assert read_grid(out).nodes == EXAMPLE.nodes
    with pytest.raises(DomainError, match=r"\.xlsx 或 \.json"):
        run(["grid", "convert", str(model), str(tmp_path / "x.csv")])


def test_english_is_english(model, capsys):
    run(["powerflow", str(model), "--language", "en", "--all"])

    said = capsys.readouterr().out
    assert "what binds" in said
    assert "limit" in said


@pytest.mark.parametrize("words", [["grid", "burn", "x"], ["grid", "check"], ["powerflow"]])
def test_wrong_usage_leaves_with_two(words):
    with pytest.raises(SystemExit) as left:
        run(words)

    assert left.value.code == 2
