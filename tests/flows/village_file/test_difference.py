"""Two versions beside each other: every change is told, nothing else is."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from dianliang.flows.village_file.difference import differences
from dianliang.flows.village_file.model import (
    Fact,
    Photo,
    Section,
    Table,
    VillageFile,
    as_body,
    from_body,
)

COLUMNS = ("编号", "名称", "容量（kVA）")
values = st.none() | st.integers(-9, 9) | st.sampled_from(["甲", "乙"]) | st.floats(0, 9)
rows = st.dictionaries(st.sampled_from("ABCDE"), st.tuples(st.sampled_from("xyz"), values))


def file(facts=(), table_rows=(), photos=(), note="", key="transformers"):
    table = Table(
        key="transformers", title="清单", noun="变压器", columns=COLUMNS, rows=tuple(table_rows)
    )
    section = Section(
        key=key, title="变压器", facts=tuple(facts), tables=(table,), photos=photos, note=note
    )
    return VillageFile(code="V1", name="余村", township="天荒坪镇", sections=(section,))


def fact(value, key="count", unit="台"):
    return Fact(key=key, label="变压器", value=value, unit=unit)


def words(before, after):
    return [change.words for change in differences(before, after)]


def test_a_transformer_that_came_is_told_by_its_name():
    before = file([fact(1)], [("B1", "一号公变", 315)])
    after = file([fact(2)], [("B1", "一号公变", 315), ("B2", "二号公变", 200)])

    assert words(before, after) == ["变压器 1 台 → 2 台（+1）", "变压器 +1：B2 二号公变"]
    assert words(after, before) == ["变压器 2 台 → 1 台（−1）", "变压器 −1：B2 二号公变"]


def test_a_transformer_that_grew_is_told_with_both_values():
    before = file(table_rows=[("B1", "一号公变", 200)])
    after = file(table_rows=[("B1", "一号公变", 1315)])

    assert words(before, after) == ["B1 一号公变：容量（kVA） 200 → 1,315"]


def test_photos_notes_and_chapters_are_told_too():
    shown = Photo(token="t", sha256="0", caption="配电房", taken_on="2026-11-01")
    assert words(file(), file(photos=(shown,), note="多竹")) == [
        "照片 +1：配电房",
        "说明改为：多竹",
    ]
    assert words(file(photos=(shown,), note="多竹"), file()) == ["照片 −1：配电房", "说明已清空。"]
    assert words(file(), file(key="other")) == ["新增了这一章。", "不再有这一章。"]


def test_a_figure_that_is_no_longer_kept_is_told():
    assert words(file([fact(3)]), file()) == ["变压器 3 台 → 不再记录"]
    assert words(file(), file([fact(3)])) == ["变压器 — → 3 台"]


@given(rows, rows, values, values)
def test_every_change_is_told_and_nothing_else(old, new, was, now):
    before = file([fact(was)], [(key, *rest) for key, rest in old.items()])
    after = file([fact(now)], [(key, *rest) for key, rest in new.items()])
    found = words(before, after)

    same_rows = {key for key in old.keys() & new.keys() if old[key] == new[key]}
    changed = set(old.keys() & new.keys()) - same_rows
    assert len([w for w in found if w.split(" ")[0] in changed]) == len(changed)
    assert any("变压器 +" in w for w in found) == bool(new.keys() - old.keys())
    assert any("变压器 −" in w for w in found) == bool(old.keys() - new.keys())
    assert any("→" in w and w.startswith("变压器") for w in found) == (was != now)
    assert (found == []) == (before == after or (was == now and old == new))


@given(rows, values)
def test_a_file_comes_back_from_its_json_as_it_was(table_rows, value):
    import json

    made = file([fact(value)], [(key, *rest) for key, rest in table_rows.items()], note="多竹")
    kept = json.loads(json.dumps(as_body(made), ensure_ascii=False))

    assert from_body(kept) == made
    assert differences(made, from_body(kept)) == ()


def test_one_unchanged_fact_of_many_says_nothing():
    many = [fact(i, key=f"k{i}") for i in range(5)]
    other = [*many[:2], replace(many[2], value=9), *many[3:]]

    assert words(file(many), file(other)) == ["变压器 2 台 → 9 台（+7）"]
