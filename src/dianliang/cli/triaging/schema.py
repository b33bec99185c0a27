"""The JSON Schema of a line of ``dianliang triage``. Names stay; new ones may join them."""

from typing import Any

from dianliang.cli.triaging.answer import URGENCIES
from dianliang.engines.triage import ADDRESS_KINDS, Band

Schema = dict[str, Any]
TEXT: Schema = {"type": "string"}
PLACE: Schema = {"type": "integer", "minimum": 0}
SPAN: Schema = {
    "start": {**PLACE, "description": "从 0 数起的字符位置；有标题时在“标题＋换行＋内容”里数"},
    "end": {**PLACE, "description": "结束位置，不含"},
}
ID: Schema = {"type": ["string", "integer"], "description": "输入里的编号，原样"}
SOURCE: Schema = {**TEXT, "description": "输入文件；- 为标准输入，--text 为命令行"}
LINE: Schema = {"type": "integer", "minimum": 1, "description": "第几行（JSON 列表为第几项）"}


def json_schema() -> Schema:
    """Return the schema: a line is an answer or a refusal."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "点亮：研判结果的一行",
        "oneOf": [{"$ref": "#/$defs/Answer"}, {"$ref": "#/$defs/Refusal"}],
        "$defs": {"Answer": _answer(), "Refusal": _refusal()},
    }


def _answer() -> Schema:
    needed = {
        "source": SOURCE,
        "line": LINE,
        "version": {**TEXT, "description": "引擎/词库（含本地改动）/学过的例子数"},
        "urgency": {"enum": list(URGENCIES), "description": "一般、紧急、危险"},
        "urgency_reasons": _list(TEXT, "为什么"),
        "service": {
            "type": ["string", "null"],
            "description": "建议的事项；null 为请人判断",
        },
        "needs_person": {"type": "boolean", "description": "不像已有事项，请人判断"},
        "services": _list(
            _object(
                {
                    "code": TEXT,
                    "name": TEXT,
                    "confidence": {"type": "number", "minimum": 0, "maximum": 1},
                    "band": {"enum": [band.value for band in Band]},
                    "evidence": _list(TEXT, "依据"),
                }
            ),
            "可能的事项，最可能的在前；band：auto 可自动、suggest 建议、human 请人判断",
        ),
        "dangers": _list(
            _object({"kind": TEXT, "cue": TEXT, "clause": TEXT, **SPAN}), "眼前的危险，各类一处"
        ),
        "places": _list(
            _object(
                {
                    "name": TEXT,
                    **SPAN,
                    "candidates": _list(_object({"code": TEXT, "label": TEXT}), "同名时不止一个"),
                }
            ),
            "说到的地方",
        ),
        "address": _list(
            _object({"kind": {"enum": list(ADDRESS_KINDS)}, "text": TEXT, **SPAN}),
            "地址各部分；门牌、楼层、房间只在 --personal 时给出",
        ),
        "hints": _list(
            _object({"kind": TEXT, "cue": TEXT, "detail": TEXT, **SPAN}), "处理人应当事先知道的"
        ),
        "personal": _list(
            _object({"kind": TEXT, **SPAN}), "个人信息的种类（姓名、电话、证件号）和位置"
        ),
        "notes": _list(TEXT, "读的时候该留意的"),
    }
    extra = {
        "id": ID,
        "text": {**TEXT, "description": "--masked 为遮掩过的，--personal 为原文"},
        "phones": _list(TEXT, "只在 --personal 时给出"),
    }
    return _object(needed, extra)


def _refusal() -> Schema:
    line = {**LINE, "type": ["integer", "null"], "description": "null 为整个文件"}
    return _object({"source": SOURCE, "line": line, "error": TEXT}, {"id": ID})


def _list(items: Schema, description: str) -> Schema:
    return {"type": "array", "items": items, "description": description}


def _object(needed: Schema, extra: Schema | None = None) -> Schema:
    return {
        "type": "object",
        "properties": {**needed, **(extra or {})},
        "required": list(needed),
        "additionalProperties": False,
    }
