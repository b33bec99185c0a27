"""Grids come in from tables, workbooks and JSON; what is wrong is told by table, row and column."""

import json
from dataclasses import replace
from time import process_time

import openpyxl
import pytest
from benchmarks.energy.grids import feeder, village
from hypothesis import given, settings
from hypothesis import strategies as st

from dianliang.core.sheets import UnreadableSheetError
from dianliang.engines.powerflow import LoadKind, Phase, solve, validate
from dianliang.integrations.grid_files import (
    EXAMPLE,
    UnreadableGridError,
    read_curves,
    read_document,
    read_grid,
    refuse_unsound,
    template,
    workbook,
    written,
)

SIMBENCH = {
    "Node": "id;type;vmSetp;vaSetp;vmR;vmMin;vmMax;substation;coordID;subnet;voltLvl\n"
    "MV;busbar;1.025;0;20;NULL;NULL;NULL;NULL;MV1;5\n"
    "LV;busbar;NULL;NULL;0.4;NULL;NULL;NULL;NULL;LV1;7\n"
    "LVx;auxiliary;NULL;NULL;0.4;NULL;NULL;NULL;NULL;LV1;7\n"
    "H1;node;NULL;NULL;0.4;NULL;NULL;NULL;NULL;LV1;7\n",
    "Line": "id;nodeA;nodeB;type;length;loadingMax;subnet;voltLvl\nL1;LVx;H1;cable;0.2;100;LV1;7\n",
    "LineType": "id;r;x;b;iMax;type\ncable;0.2067;0.0804248;260.752;270;cable\n",
    "Transformer": "id;nodeHV;nodeLV;type;tappos;autoTap;autoTapSide;loadingMax;substation;subnet;"
    "voltLvl\nT1;MV;LV;0.16 MVA;-1;0;NULL;100;NULL;LV1;6\n",
    "TransformerType": "id;sR;vmHV;vmLV;va0;vmImp;pCu;pFe;iNoLoad;tapable;tapside;dVm;dVa;tapNeutr;"
    "tapMin;tapMax\n0.16 MVA;0.16;20;0.4;150;4;2.35;0.46;0.2875;1;HV;2.5;0;0;-2;2\n",
    "Load": "id;node;profile;pLoad;qLoad;sR;subnet;voltLvl\nD1;H1;H0-A;0.02;0.005;0.02;LV1;7\n",
    "RES": "id;node;type;profile;calc_type;pRES;qRES;sR;subnet;voltLvl\n"
    "G1;H1;PV;PV1;pq;0.005;0;0.005;LV1;7\n",
    "ExternalNet": "id;node;calc_type;dspf;pExtNet;qExtNet;pWardShunt;qWardShunt;rXWard;xXWard;"
    "vmXWard;subnet;voltLvl\nE;MV;vavm;1;NULL;NULL;NULL;NULL;NULL;NULL;NULL;MV1;5\n",
    "Switch": "id;nodeA;nodeB;type;cond;substation;subnet;voltLvl\nQ;LV;LVx;CB;1;NULL;LV1;7\n",
}
PANDAPOWER = {
    "bus": ",name,vn_kv,in_service\n0,MV,20.0,True\n1,LV,0.4,True\n3,H1,0.4,True\n"
    "4,old,0.4,False\n",
    "line": ",from_bus,to_bus,length_km,r_ohm_per_km,x_ohm_per_km,c_nf_per_km,max_i_ka,parallel,"
    "in_service\n0,1,3,0.2,0.2067,0.0804248,830.0,0.27,1,True\n",
    "trafo": ",hv_bus,lv_bus,sn_mva,vn_hv_kv,vn_lv_kv,vk_percent,vkr_percent,pfe_kw,i0_percent,"
    "shift_degree,tap_side,tap_neutral,tap_min,tap_max,tap_step_percent,tap_pos,parallel,in_service\n"
    "0,0,1,0.16,20.0,0.4,4.0,1.46875,0.46,0.2875,150.0,hv,0,-2,2,2.5,-1.0,1,True\n",
    "load": ",bus,p_mw,q_mvar,scaling,in_service\n0,3,0.02,0.005,1.0,True\n",
    "sgen": ",bus,p_mw,q_mvar,scaling,in_service\n0,3,0.01,0.0,0.5,True\n",
    "ext_grid": ",bus,vm_pu,va_degree,in_service\n0,0,1.025,0.0,True\n",
    "switch": ",bus,element,et,closed\n0,1,0,l,True\n",
}


def laid(folder, tables, **changed):
    for name, text in {**tables, **changed}.items():
        (folder / f"{name}.csv").write_text(text, encoding="utf-8")
    return folder


def test_tables_of_simbench_and_of_pandapower_are_the_same_grid(tmp_path):
    (tmp_path / "s").mkdir()
    (tmp_path / "p").mkdir()
    one = read_grid(laid(tmp_path / "s", SIMBENCH))
    other = read_grid(laid(tmp_path / "p", PANDAPOWER))

    assert validate(one) == validate(other) == ()
    assert one.sources[0].voltage_pu == 1.025
    assert one.loads[1].kind is LoadKind.GENERATOR
    assert (
        one.transformer_types[0].vector_group == other.transformer_types[0].vector_group == "Dyn5"
    )
    assert solve(one).voltage_pu[0][[0, 1, 3]] == pytest.approx(
        solve(other).voltage_pu[0], abs=1e-6
    )


def test_what_pandapower_hangs_on_single_phases_hangs_there(tmp_path):
    heads = ",bus,p_a_mw,q_a_mvar,p_b_mw,q_b_mvar,p_c_mw,q_c_mvar,scaling,in_service,type\n"
    row = "0,3,0.003,0.001,0,0,0.002,0,0.5,True,wye\n"

    grid = read_grid(laid(tmp_path, PANDAPOWER, asymmetric_load=heads + row))

    singles = [load for load in grid.loads if load.phase is not Phase.ALL]
    assert [(load.phase, load.p_kw, load.q_kvar) for load in singles] == [
        (Phase.A, 1.5, 0.5),
        (Phase.C, 1.0, 0.0),
    ]
    assert solve(grid).is_by_phase


def test_what_our_grids_have_no_word_for_is_refused_and_not_passed_over(tmp_path):
    shunt = ",bus,q_mvar,in_service\n0,3,-0.1,True\n1,3,-0.1,False\n"
    load = ",bus,p_mw,q_mvar,const_z_percent,scaling,in_service\n0,3,0.02,0.005,30,1.0,True\n"
    (tmp_path / "p").mkdir()
    (tmp_path / "s").mkdir()

    with pytest.raises(UnreadableGridError) as refused:
        read_grid(laid(tmp_path / "p", PANDAPOWER, shunt=shunt, load=load))
    assert "shunt.csv：有 1 件并联电容" in refused.value.message
    assert "load.csv 第 2 行“const_z_percent”列：“30”算不了" in refused.value.message

    with pytest.raises(UnreadableGridError, match=r"Shunt\.csv：有 1 件"):
        read_grid(laid(tmp_path / "s", SIMBENCH, Shunt="id;node\nS;H1\n"))


@pytest.mark.parametrize(("changer", "step_pct"), [("Ratio", 2.5), ("", 0.0)])
def test_taps_of_pandapower_count_only_where_a_changer_is_told(tmp_path, changer, step_pct):
    heads, row, _ = PANDAPOWER["trafo"].split("\n")

    grid = read_grid(
        laid(tmp_path, PANDAPOWER, trafo=f"{heads},tap_changer_type\n{row},{changer}\n")
    )

    assert grid.transformer_types[0].tap_step_pct == step_pct


def test_cells_of_tables_that_cannot_be_used_are_told_by_row_and_column(tmp_path):
    bad = SIMBENCH["Line"].replace("0.2;100", "lang;100")
    worse = SIMBENCH["Load"].replace("D1;H1;H0-A;0.02", "D1;;H0-A;inf")

    with pytest.raises(UnreadableGridError) as refused:
        read_grid(laid(tmp_path, SIMBENCH, Line=bad, Load=worse))

    assert len(refused.value.problems) == 3
    assert "Line.csv 第 2 行“length”列：“lang”不是能用的数字。" in refused.value.message


def test_a_missing_heading_and_a_short_row_are_told(tmp_path):
    bad = SIMBENCH["Node"].replace("vmR;", "")

    with pytest.raises(UnreadableGridError, match="缺少表头：vmR"):
        read_grid(laid(tmp_path, SIMBENCH, Node=bad))


def test_a_row_of_another_length_is_told(tmp_path):
    short = PANDAPOWER["bus"] + "9,x\n"

    with pytest.raises(UnreadableGridError, match="第 6 行：有 2 格，表头有 4 格"):
        read_grid(laid(tmp_path, PANDAPOWER, bus=short))


def test_a_folder_without_tables_and_a_file_that_is_not_there_are_refused(tmp_path):
    with pytest.raises(UnreadableGridError, match="没有电网表"):
        read_grid(tmp_path)
    for name in ("none.json", "none.xlsx"):
        with pytest.raises(UnreadableGridError, match="读不了"):
            read_grid(tmp_path / name)


def test_the_template_can_be_read_and_computed_as_it_is(tmp_path):
    path = tmp_path / "模板.xlsx"
    path.write_bytes(template())

    grid = read_grid(path)

    assert replace(grid, name=EXAMPLE.name, is_radial=True) == EXAMPLE
    refuse_unsound(grid, name=path.name)
    assert solve(grid).is_solved.all()


@given(seed=st.integers(0, 500), is_by_phase=st.booleans(), is_feeder=st.booleans())
@settings(max_examples=8, deadline=None)
def test_a_grid_comes_back_from_its_workbook_and_its_document(
    tmp_path_factory, seed, is_by_phase, is_feeder
):
    grid = (
        feeder(seed=seed, nodes=9)
        if is_feeder
        else village(seed=seed, nodes=7, is_by_phase=is_by_phase)
    )
    path = tmp_path_factory.mktemp("grids") / "grid.xlsx"
    path.write_bytes(workbook(grid))

    assert read_document(written(grid), name="grid") == grid
    back = read_grid(path)
    assert replace(back, name=grid.name, is_radial=grid.is_radial) == grid


def edited(tmp_path, edit):
    path = tmp_path / "坏.xlsx"
    path.write_bytes(template())
    book = openpyxl.load_workbook(path)
    edit(book)
    book.save(path)
    return path


def test_every_bad_cell_of_a_workbook_is_told_at_once(tmp_path):
    def edit(book):
        book["线路"]["E2"] = "很长"
        book["负荷"]["E3"] = "D"
        book["节点"]["A4"] = None

    with pytest.raises(UnreadableGridError) as refused:
        read_grid(edited(tmp_path, edit))

    for words in ("线路 第 2 行“长度(m)”列", "负荷 第 3 行“相别”列", "节点 第 4 行“节点编号”列"):
        assert words in refused.value.message


def test_errors_of_the_model_are_told_by_sheet_and_row(tmp_path):
    def edit(book):
        book["线路"]["D3"] = "没有的线型"
        book["变压器"]["E2"] = 9

    grid = read_grid(edited(tmp_path, edit))
    with pytest.raises(UnreadableGridError) as refused:
        refuse_unsound(grid, name="坏.xlsx")

    assert "线路 第 3 行：线路 L2 的线型 没有的线型 不认识" in refused.value.message
    assert "变压器 第 2 行：变压器 T1 的分接 9" in refused.value.message


def test_a_workbook_without_nodes_or_headings_is_refused(tmp_path):
    def without_nodes(book):
        del book["节点"]

    def without_heading(book):
        book["线路"]["D1"] = "别的"

    with pytest.raises(UnreadableGridError, match="没有“节点”工作表"):
        read_grid(edited(tmp_path, without_nodes))
    with pytest.raises(UnreadableSheetError, match="线型"):
        read_grid(edited(tmp_path, without_heading))


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"nodes": [{"id": "A"}]}, "nodes 第 1 行“voltage_v”列"),
        ({"nodes": [{"id": "A", "voltage_v": "400"}]}, "应是能用的数字"),
        ({"nodes": [{"id": "A", "voltage_v": True}]}, "应是能用的数字"),
        ({"nodes": [{"id": 7, "voltage_v": 400}]}, "应是文字"),
        ({"nodes": [{"id": "A", "voltage_v": 400, "colour": 1}]}, "“colour”列：不认识"),
        ({"loads": [{"id": "A", "node": "B", "phase": "D"}]}, "“phase”列"),
        ({"lines": {}}, "lines：应是数组"),
        ({"nodes": [7]}, "应是对象"),
        ({"more": 1}, "more：不认识"),
        ({"version": 2}, "不是电网模型"),
    ],
)
def test_what_a_document_holds_wrongly_is_told(change, words):
    body = {**json.loads(written(EXAMPLE)), **change}

    with pytest.raises(UnreadableGridError, match=words):
        read_document(json.dumps(body), name="grid.json")


def test_what_is_no_document_is_refused():
    for text in ("", "{", "[]", "[" * 100_000):
        with pytest.raises(UnreadableGridError):
            read_document(text, name="grid.json")


def test_curves_are_read_by_the_ids_of_loads(tmp_path):
    path = tmp_path / "曲线.csv"
    path.write_text("时刻,炒茶机,张家,张家 kvar\n08:00,50,2,1\n08:15,60,3,0\n", encoding="gb18030")

    profiles, moments = read_curves(path, EXAMPLE, power_factor=0.8, hours=0.25)

    assert moments == ("08:00", "08:15")
    assert profiles.ids == ("炒茶机", "张家")
    assert profiles.p_kw.tolist() == [[50, 2], [60, 3]]
    assert profiles.q_kvar.ravel().tolist() == pytest.approx([37.5, 1, 45, 0])


def test_a_curve_that_belongs_to_nobody_or_holds_no_number_is_told(tmp_path):
    path = tmp_path / "曲线.csv"
    path.write_text("时刻,炒茶,张家\n08:00,50,\n", encoding="utf-8")

    with pytest.raises(UnreadableGridError) as refused:
        read_curves(path, EXAMPLE, power_factor=0.95, hours=0.25)

    assert "第 1 行“炒茶”列：不是模型里的负荷编号" in refused.value.message
    assert "第 2 行“张家”列：没有填写" in refused.value.message
    path.write_text("时刻,张家\n", encoding="utf-8")
    with pytest.raises(UnreadableGridError, match="没有一行曲线"):
        read_curves(path, EXAMPLE, power_factor=0.95, hours=0.25)


@pytest.mark.parametrize(
    ("table", "words"),
    [
        ("时刻,张家,张家\n08:00,1,2\n", "第 1 行“张家”列：有两列同名"),
        ("时刻,张家\n00:00,1\n00:00,2\n00:15,2\n", "第 3 行“时刻”列：时刻 00:00 与第 2 行重复"),
        ("时刻,张家\n00:00,1\n05:15,2\n", "第 3 行“时刻”列：时刻 05:15 与上一行不是相隔 15 分钟"),
        ("时刻,张家\n2026-07-01 23:45,1\n2026/7/3 0:00,2\n", "不是相隔 15 分钟"),
    ],
)
def test_columns_and_moments_that_cannot_be_energy_are_told_with_their_place(
    tmp_path, table, words
):
    path = tmp_path / "曲线.csv"
    path.write_text(table, encoding="utf-8")

    with pytest.raises(UnreadableGridError, match=words):
        read_curves(path, EXAMPLE, power_factor=0.95, hours=0.25)


def test_curves_go_on_past_midnight_and_may_have_moments_of_any_name(tmp_path):
    path = tmp_path / "曲线.csv"
    for table in (
        "时刻,张家\n23:45,1\n0:00,2\n00:15,2\n",
        "时刻,张家\n2026/6/30 23:45,1\n2026-07-01 00:00:00,2\n",
        "时刻,张家\n夏季高峰,1\n春节低谷,2\n",
    ):
        path.write_text(table, encoding="utf-8")
        assert read_curves(path, EXAMPLE, power_factor=0.95, hours=0.25)[0].p_kw[:2].tolist() == [
            [1],
            [2],
        ]


def test_a_phase_that_is_none_is_told_with_those_that_are():
    text = written(EXAMPLE).replace('"phase": "A"', '"phase": "D"')

    with pytest.raises(UnreadableGridError, match="'D' 不能用：应是 A、B、C、ALL 之一"):
        read_document(text, name="台区.json")


def test_phases_of_the_example_are_told_apart():
    assert {load.phase for load in EXAMPLE.loads} == {*Phase}


def test_a_number_without_end_is_refused_by_its_field():
    text = written(EXAMPLE).replace('"voltage_v": 10000', '"voltage_v": 1' + "0" * 400, 1)

    with pytest.raises(UnreadableGridError, match=r"voltage_v.*应是能用的数字") as refusal:
        read_document(text, name="台区.json")

    assert len(refusal.value.message) < 300


def test_thousands_of_bad_lines_are_told_in_time_that_grows_with_them():
    one = EXAMPLE.lines[0]
    lines = tuple(replace(one, id=f"L{n}", to_node="没有") for n in range(20_000))
    begun = process_time()

    with pytest.raises(UnreadableGridError, match=r"另有 .* 处") as refusal:
        refuse_unsound(replace(EXAMPLE, lines=lines), name="台区.json")

    assert process_time() - begun < 5  # a row looked for anew for each takes far longer
    assert {each.table for each in refusal.value.problems} == {"线路"}
