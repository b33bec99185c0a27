"""Only a model that stands all checks is registered, and one can always go back."""

import hashlib
import json

import numpy as np
import pytest

from dianliang.integrations.detecting import UnableToDetectError
from dianliang.integrations.detecting.nanodet import WEIGHTS
from dianliang.integrations.detecting.onnx_file import (
    BYTES,
    GRAPH,
    DamagedModelError,
    fields,
    message,
    number,
)
from dianliang.integrations.detecting.onnx_tensors import (
    outputs,
    replaced,
    telling,
    tensors,
    values,
)
from dianliang.integrations.detecting.store import Origin, Store, UnableToRegisterError
from dianliang.integrations.detecting.teachable import Teachable
from dianliang.integrations.detecting.vetting import ForeignModelError, inspect, vetted

AT = "2026-08-01T08:00:00+08:00"
ORIGIN = Origin(licence="本公司所有", trained_by="测试员", trained_on="三天的画面")
SHIPPED = WEIGHTS.read_bytes()


@pytest.fixture(scope="module")
def own(tmp_path_factory):
    """Return a file of our form with a little other bias."""
    teachable = Teachable(SHIPPED)
    layers = {stride: (one, bias + 0.01) for stride, (one, bias) in teachable.layers.items()}
    path = tmp_path_factory.mktemp("own") / "own.onnx"
    path.write_bytes(teachable.written(layers))
    return path


def graph(inner):
    """Return our file with something more at the end of its graph."""
    parts = []
    for one in fields(SHIPPED, 0, len(SHIPPED)):
        more = inner if one.number == GRAPH else b""
        content = SHIPPED[one.begin : one.end] + more
        parts.append(
            message(one.number, content)
            if one.kind == BYTES
            else number(one.number << 3 | one.kind) + content
        )
    return b"".join(parts)


def hidden(content):
    """Return a second piece of the graph under a key of which some readers keep 32 bits."""
    return SHIPPED + number((GRAPH << 3 | BYTES) | 1 << 32) + number(len(content)) + content


def weight(name):
    return message(5, b"\x08\x01\x10\x02" + message(8, name) + message(9, b"a"))


def external(where):
    entry = message(1, b"location") + message(2, where)
    return b"\x08\x01" + b"\x10\x01" + message(8, b"w") + message(13, entry) + b"\x70\x01"


HOSTILE = {
    "weights elsewhere": (graph(message(5, external(b"../../../etc/passwd"))), "在别的文件里"),
    "weights elsewhere in a constant": (
        graph(message(1, message(4, b"Constant") + message(5, message(5, external(b"/x"))))),
        "在别的文件里",
    ),
    "a loop": (graph(message(1, message(4, b"Loop"))), "不需要的步骤：Loop"),
    "memory without end": (graph(message(1, message(4, b"ConstantOfShape"))), "ConstantOfShape"),
    "a foreign step": (
        graph(message(1, message(4, b"Conv") + message(7, b"evil.domain"))),
        "不需要的步骤",
    ),
    "functions": (SHIPPED + message(25, b""), "自定义函数"),
    "sparse weights": (graph(message(15, b"")), "稀疏"),
    "a branch": (graph(message(1, message(4, b"Add") + message(5, message(6, b"")))), "分支"),
    "a second piece of the graph": (SHIPPED + message(7, b""), "出现了两次"),
    "what nobody knows": (graph(message(99, b"")), "不认识的第 99 项"),
    "two weights of one name": (graph(weight(b"w") + weight(b"w")), "重名：w"),
    "a bound that is no number": (
        graph(message(1, message(4, b"Clip") + message(5, message(7, b"\x00\x00\xc0\x7f")))),
        "不是有限",
    ),
}
DAMAGED = {
    "a hidden piece": hidden(message(1, message(4, b"RandomNormal"))),
    "a field without number": SHIPPED + b"\x02\x00",
    "a number of more than 64 bits": SHIPPED + b"\x28" + b"\xff" * 9 + b"\x7f",
    "a graph that is a number": b"\x38\x01",
    "names that are no text": graph(weight(b"w\xff") + weight(b"w\xfe")),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_file_is_refused_before_it_runs(name):
    content, words = HOSTILE[name]
    with pytest.raises(ForeignModelError, match=words):
        inspect(content, "x.onnx")


@pytest.mark.parametrize("name", DAMAGED)
def test_what_readers_could_take_for_different_things_is_refused(name):
    with pytest.raises(DamagedModelError):
        inspect(DAMAGED[name], "x.onnx")


def test_what_is_kept_is_written_anew_without_what_nobody_needs():
    assert inspect(SHIPPED, "x.onnx") == SHIPPED
    long_key = b"\xf2\x80\x00" + number(3) + b"\x0a\x01k"
    assert inspect(SHIPPED + long_key, "x.onnx") == SHIPPED


def test_a_model_that_finds_nobody_may_learn_but_is_not_used(tmp_path):
    teachable, blind = Teachable(SHIPPED), tmp_path / "blind.onnx"
    layers = {
        stride: (one, np.concatenate([[bias[0] - 9], bias[1:]]).astype(np.float32))
        for stride, (one, bias) in teachable.layers.items()
    }
    blind.write_bytes(teachable.written(layers))

    with pytest.raises(ForeignModelError, match="找不到人"):
        vetted(blind)
    assert vetted(blind, is_to_learn=True) == blind.read_bytes()


def test_too_large_no_onnx_and_not_finite_are_refused(tmp_path, own):
    huge, none, wild = (tmp_path / name for name in ("huge.onnx", "none.onnx", "wild.onnx"))
    with huge.open("wb") as file:
        file.truncate(65 * 1024 * 1024)
    none.write_bytes(b"\x0a\x01x")
    bias = next(name for name, one in tensors(SHIPPED).items() if one.shape == (124,))
    wild.write_bytes(replaced(SHIPPED, {bias: np.full(124, np.nan, np.float32)}))

    with pytest.raises(ForeignModelError, match="大于 64 MB"):
        vetted(huge)
    with pytest.raises(DamagedModelError):
        vetted(none)
    with pytest.raises(ForeignModelError, match="不是有限的"):
        vetted(wild)
    with pytest.raises(DamagedModelError):
        replaced(SHIPPED, {bias: np.zeros(3, np.float32)})


def test_a_model_is_registered_used_handed_on_and_left_again(tmp_path, own):
    store = Store(tmp_path / "models")
    assert store.in_use() == ("shipped", SHIPPED)

    entry = store.take(own, ORIGIN, card="# 卡", at=AT)
    assert (entry.number, store.in_use()[0]) == ("M001", "shipped")
    store.use("M001", at=AT)
    assert store.in_use() == ("M001", own.read_bytes())
    assert store.read("M001") == (own.read_bytes(), "# 卡")
    with pytest.raises(UnableToRegisterError, match="已登记为 M001"):
        store.take(own, ORIGIN, card=None, at=AT)
    store.use("shipped", at=AT)

    assert store.in_use() == ("shipped", SHIPPED)
    lines = [(one.verb, one.number, one.trained_by) for one in Store(tmp_path / "models").entries()]
    assert lines == [
        ("import", "M001", "测试员"),
        ("use", "M001", "测试员"),
        ("use", "shipped", "RangiLyu"),
    ]
    with pytest.raises(UnableToRegisterError, match="没有登记过模型 M009"):
        store.use("M009", at=AT)

    assert store.changed_cards() == ()
    next((tmp_path / "models").glob("*.md")).write_text("# 别的卡", "utf-8")
    assert store.changed_cards() == ("M001",)
    assert store.read("M001") == (own.read_bytes(), None)
    assert store.read("shipped")[0] == SHIPPED
    assert hashlib.sha256(SHIPPED).hexdigest() in store.read("shipped")[1]

    file = tmp_path / "models" / f"{hashlib.sha256(own.read_bytes()).hexdigest()}.onnx"
    file.write_bytes(SHIPPED)
    with pytest.raises(UnableToDetectError, match="摘要不符"):
        store.use("M001", at=AT)


def test_weights_are_read_and_written_in_place():
    known = tensors(SHIPPED)
    name = next(name for name, one in known.items() if one.shape == (124, 128, 1, 1))
    doubled = replaced(SHIPPED, {name: 2 * values(SHIPPED, known[name])})

    assert len(doubled) == len(SHIPPED)
    assert np.array_equal(values(doubled, tensors(doubled)[name]), 2 * values(SHIPPED, known[name]))
    assert outputs(telling(SHIPPED, ["more"])) == [*outputs(SHIPPED), "more"]


def test_a_model_of_before_files_were_written_anew_is_not_used_until_it_is_registered_anew(
    tmp_path,
):
    """Something that no reader looked at hides behind the weights: its digest alone proves it."""
    old = SHIPPED + message(14, b"left by a tool")
    digest = hashlib.sha256(old).hexdigest()
    folder = tmp_path / "models"
    folder.mkdir()
    (folder / f"{digest}.onnx").write_bytes(old)
    lines = [
        {"at": AT, "verb": verb, "number": "M001", "digest": digest, "licence": "x"}
        | {"trained_by": "y", "trained_on": "z"}
        for verb in ("import", "use")
    ]
    (folder / "register.jsonl").write_text(
        "".join(f"{json.dumps(one)}\n" for one in lines), "utf-8"
    )
    store = Store(folder)

    assert store.outdated() == ("M001",)
    for act in (store.in_use, lambda: store.read("M001"), lambda: store.use("M001", at=AT)):
        with pytest.raises(UnableToDetectError, match="重新 import"):
            act()

    entry = store.take(folder / f"{digest}.onnx", ORIGIN, card=None, at=AT)
    store.use(entry.number, at=AT)
    assert store.in_use() == ("M002", SHIPPED)
    assert store.outdated() == ("M001",)


def test_a_file_of_many_tiny_fields_is_refused_before_it_takes_memory():
    many = message(7, message(1, message(1, b"a") * 120_000))
    with pytest.raises(ForeignModelError, match="多于 100000"):
        inspect(many, "x.onnx")
    packed = message(7, message(5, message(5, b"\x01" * 120_000)))
    with pytest.raises(ForeignModelError, match="多于 100000"):
        inspect(packed, "x.onnx")
