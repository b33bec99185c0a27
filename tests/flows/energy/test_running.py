"""The same readings give the same answer whoever goes through them."""

import json
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime
from fractions import Fraction

import numpy as np
import pyarrow as pa
import pytest

from dianliang.engines.loading import (
    DEFAULT_RULES,
    NO_W,
    POINTS,
    Line,
    LoadRule,
    Meter,
    Network,
    Rules,
    Span,
    Transformer,
    judge,
)
from dianliang.flows.energy import running
from dianliang.flows.energy.lines import rules_of, told
from dianliang.flows.energy.running import Courier, each_feature, summed, survey_bytes
from dianliang.integrations.curve_store import CurveStore, keep_register, register
from dianliang.kernel.errors import InvalidInputError
from tests.engines.loading.days import FIRST_ON, readings

AT = datetime(2026, 7, 3, tzinfo=UTC)
SPAN = Span(FIRST_ON, date(2026, 7, 2))
METERS = 60
RULES = Rules(loads=(LoadRule(line=Line.HEAVY, share=Fraction(1, 2), points=4),), bridged_points=1)


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    rng = np.random.default_rng(3)
    power = rng.integers(0, 14_000, (METERS, 2, POINTS))
    power[rng.random(power.shape) < 0.001] = NO_W
    voltage = rng.integers(1_950, 2_380, power.shape)
    made = CurveStore(tmp_path_factory.mktemp("curves"))
    for half in (slice(0, METERS // 2), slice(METERS // 2, METERS)):
        batch = readings(power[half], voltage[half])
        numbers = [f"M{half.start + i}" for i in range(METERS // 2)]
        column = pa.DictionaryArray.from_arrays(batch.column(0).indices, pa.array(numbers))
        made.add(batch.set_column(0, batch.schema.field(0), column), source=f"{half}", at=AT)
    meters = [Meter(number=f"M{i}", transformer=f"T{i % 4}") for i in range(METERS)]
    owners = [Transformer(number=f"T{i}", capacity_kva=100.0 + i) for i in range(4)]
    keep_register(made.root, Network.of(meters, owners))
    return made


def everything(store, executor=None):
    """Return all that can be asked, the features by meter and day."""
    features = [
        row
        for batch in each_feature(store, SPAN, rules=RULES, executor=executor)
        for row in batch.to_pylist()
    ]
    loads = summed(store, register(store.root), SPAN, rules=RULES, executor=executor)
    return (
        sorted(features, key=lambda row: (row["meter"], row["day"])),
        judge(loads, rules=RULES),
        running.doubted(store, SPAN, executor=executor),
    )


def test_threads_and_a_courier_give_what_one_thread_gives(store):
    alone = everything(store)

    with ThreadPoolExecutor(2) as pool:
        assert everything(store, pool) == alone
    courier = Courier(lambda works: [survey_bytes(work) for work in works])
    assert everything(store, courier) == alone
    assert len(alone[0]) == 2 * METERS
    assert any(one.runs for one in alone[1])


ON_SPARK = """
import json, os, sys
from pysail.spark import SparkConnectServer
from pyspark.sql import SparkSession
import pyarrow as pa
from dianliang.flows.energy.running import Courier
from dianliang.integrations.curve_store import CurveStore
from pathlib import Path
from tests.flows.energy.test_running import everything

server = SparkConnectServer(port=0)
server.start(background=True)
spark = SparkSession.builder.remote("sc://localhost:%d" % server.listening_address[1]).getOrCreate()

def survey(batches):
    import pyarrow as pa
    from dianliang.flows.energy.running import survey_bytes
    for batch in batches:
        answers = [survey_bytes(work.as_py()) for work in batch["work"]]
        yield pa.RecordBatch.from_pydict({"number": batch["number"], "answer": answers})

def carry(works):
    rows = pa.table({"number": list(range(len(works))), "work": pa.array(works, pa.binary())})
    frame = spark.createDataFrame(rows).repartition(2)
    done = frame.mapInArrow(survey, "number long, answer binary").collect()
    return [bytes(row.answer) for row in sorted(done, key=lambda row: row.number)]

answer = everything(CurveStore(Path(sys.argv[1])), Courier(carry))
Path(sys.argv[2]).write_text(repr(answer))
os._exit(0)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="pysail is installed on Linux only")
def test_spark_connect_with_two_workers_gives_the_same(store, tmp_path):
    """Integers alike, floats within 1e-9: their texts are equal, so they are the same bits."""
    pytest.importorskip("pysail")
    two = {"SAIL_MODE": "local-cluster", "SAIL_CLUSTER__WORKER_INITIAL_COUNT": "2"}

    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", ON_SPARK, store.root, tmp_path / "answer"],
        env=os.environ | two | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )

    assert done.returncode == 0, done.stderr[-2000:]
    assert (tmp_path / "answer").read_text() == repr(everything(store))
    assert "worker 2 is available" in done.stderr + done.stdout


def test_rules_travel_as_json_and_wrong_ones_are_named():
    assert rules_of(told(RULES)) == RULES
    assert rules_of("{}") == DEFAULT_RULES
    for text, words in [
        ("[", "不是 JSON"),
        ("[]", "JSON 对象"),
        ('{"load": 1}', "“load”不认识"),
        ('{"loads": [{"line": "heavy", "share": "80 %"}]}', "“loads”的值不对"),
        ('{"loads": []}', "至少要有一条"),
        ('{"power_factor": 0}', "0.01 到 10"),
        ('{"bridged_points": -1}', "“bridged_points”的值不对"),
        ('{"voltage": {"low": 1980}}', "不认识 low"),
        ('{"voltage": {"high_dv": 40000}}', "1 到 32767"),
        ('{"valley": [92, 5000]}', "“valley”的值不对：5000 应是 0 到 96"),
        ('{"valley": [28, 28]}', "没有时段"),
    ]:
        with pytest.raises(InvalidInputError, match=words):
            rules_of(text)
    assert json.loads(told(DEFAULT_RULES))["loads"][0]["share"] == "4/5"
