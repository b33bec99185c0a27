"""Readings on disk: added whole, once; of two versions of a day the newer counts."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from dianliang.engines.loading import NO_DV, NO_W, POINTS, Span, rows_of
from dianliang.integrations.curve_store import CurveStore, CurveStoreError, batches
from dianliang.integrations.curve_store import _store as storing
from tests.engines.loading.days import FIRST, FIRST_ON, readings

AT = datetime(2026, 7, 3, 8, tzinfo=UTC)
TWO_DAYS = Span(FIRST_ON, date(2026, 7, 2))


def power(value=0, *, meters=3):
    return np.arange(meters * 2 * POINTS).reshape(meters, 2, POINTS) + value


def counting(store, span=TWO_DAYS, column="power"):
    """Return what counts: power or voltage by meter and day."""
    found = {}
    for part in store.slices(span):
        for batch in batches(part):
            rows = rows_of(batch)
            for meter, day, values in zip(rows.meter, rows.day, getattr(rows, column), strict=True):
                key = rows.numbers[meter], int(day) - FIRST
                assert key not in found
                found[key] = values.tolist()
    return found


def expected(values):
    return {(f"M{i}", d): values[i, d].tolist() for i in range(len(values)) for d in range(2)}


def test_what_was_stored_comes_back_by_month_and_again_changes_nothing(tmp_path):
    store = CurveStore(tmp_path)

    first = store.add(readings(power()), source="a.csv", at=AT)
    files = sorted(tmp_path.rglob("*.parquet"))
    again = store.add(readings(power()), source="b.csv", at=AT + timedelta(hours=1))

    assert [(one.month, one.new, one.replaced) for one in first] == [
        ("2026-06", 3, 0),
        ("2026-07", 3, 0),
    ]
    assert [(one.new, one.same, one.before) for one in again] == [(0, 3, AT.isoformat())] * 2
    assert (store.months(), sorted(tmp_path.rglob("*.parquet"))) == (["2026-06", "2026-07"], files)
    assert counting(store) == expected(power())
    assert store.stored(Span(date(2026, 1, 1), date(2027, 1, 1))) == TWO_DAYS


def test_the_newer_version_of_a_day_counts_and_the_older_is_kept_beside(tmp_path):
    store = CurveStore(tmp_path)
    store.add(readings(power()), source="first.csv", at=AT)
    corrected = power(meters=4)
    corrected[1, 0] += 5

    june, july = store.add(readings(corrected), source="second.csv", at=AT + timedelta(days=1))

    assert (june.new, june.same, june.replaced) == (1, 2, 1)
    assert (july.new, july.same, july.replaced) == (1, 3, 0)
    assert counting(store) == expected(corrected)
    ((part, batch),) = store.superseded("2026-06")
    assert (part.source, part.at) == ("first.csv", AT.isoformat())
    assert rows_of(batch).power.tolist() == power()[1, :1].tolist()


curves = arrays(np.int32, (2, 2, 96), elements=st.sampled_from([NO_W, 1, 2]))


MORNING = np.full((2, 2, POINTS), 1)
MORNING[..., 48:] = NO_W
HALVES = [(MORNING, False), (MORNING[..., ::-1], False), (MORNING, True)]


@example(HALVES)
@given(st.lists(st.tuples(curves, st.booleans()), min_size=1, max_size=4))
@settings(max_examples=5, deadline=None)
def test_of_each_point_the_last_value_told_counts_whatever_part_of_a_day_is_imported(imports):
    """Half days, power without voltage, the same again after a correction: the last one told."""
    told = np.full((2, 2, 2, POINTS), [[[[NO_W]]], [[[NO_DV]]]])
    with TemporaryDirectory() as folder:
        store = CurveStore(Path(folder))
        for values, is_voltage in imports:
            volts = np.where(values == NO_W, NO_DV, values)
            both = (np.full_like(values, NO_W), volts) if is_voltage else (values, None)
            store.add(readings(*both), source="a.csv", at=AT)
            told[int(is_voltage)] = np.where(values == NO_W, told[int(is_voltage)], values)
        power, volts = counting(store), counting(store, column="voltage")

    nothing = [NO_W] * POINTS, [NO_DV] * POINTS
    for i, d in np.ndindex(2, 2):
        expected = told[0, i, d].tolist(), told[1, i, d].tolist()
        key = f"M{i}", d
        assert (power.get(key), volts.get(key)) == (
            (None, None) if expected == nothing else expected
        )


def test_what_was_corrected_and_is_imported_again_as_it_was_counts_again(tmp_path):
    store = CurveStore(tmp_path)
    for value in (0, 5, 0):
        last = store.add(readings(power(value)), source="a.csv", at=AT)

    assert [(one.replaced, one.before) for one in last] == [(3, "")] * 2
    assert counting(store) == expected(power())
    for _, batch in store.superseded("2026-06"):
        assert rows_of(batch).power.shape == (3, POINTS)
    assert len(store.month("2026-06").superseded) == 2


def test_an_import_that_is_cut_off_leaves_everything_as_it_was(tmp_path, monkeypatch):
    store = CurveStore(tmp_path)
    store.add(readings(power()), source="first.csv", at=AT)

    def cut(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(storing, "save", cut)
    with pytest.raises(OSError, match="No space"):
        store.add(readings(power(9)), source="second.csv", at=AT)
    monkeypatch.undo()

    assert counting(store) == expected(power())
    store.add(readings(power(9)), source="second.csv", at=AT)
    assert counting(store) == expected(power(9))


def test_files_that_do_not_count_any_more_go_after_a_day(tmp_path):
    store = CurveStore(tmp_path)
    now = datetime.fromtimestamp(tmp_path.stat().st_mtime, UTC)
    store.add(readings(power()), source="first.csv", at=now)
    store.add(readings(power(9)), source="second.csv", at=now)
    before = len(list(tmp_path.glob("month=2026-07/*.parquet")))

    store.add(readings(power(10)), source="third.csv", at=now + timedelta(days=2))

    assert before == 2
    assert {p.name for p in tmp_path.glob("month=2026-07/*.parquet")} == {
        part.file for part in store.month("2026-07").parts
    }


@pytest.mark.parametrize(
    ("file", "content", "words"),
    [("parts.json", "{", "已损坏"), ("parts.json", '{"format": 9}', "更新版本")],
)
def test_a_damaged_store_says_so(tmp_path, file, content, words):
    store = CurveStore(tmp_path)
    store.add(readings(power()), source="a.csv", at=AT)
    (tmp_path / "month=2026-06" / file).write_text(content)

    with pytest.raises(CurveStoreError, match=words):
        store.months()


def test_a_damaged_file_of_readings_says_which(tmp_path):
    store = CurveStore(tmp_path)
    store.add(readings(power()), source="a.csv", at=AT)
    (path,) = tmp_path.glob("month=2026-06/*.parquet")
    path.write_bytes(path.read_bytes()[:-9])

    with pytest.raises(CurveStoreError, match=path.name):
        counting(store)
