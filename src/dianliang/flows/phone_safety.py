"""Inspections, re-checks and repairs as a phone sends them, perhaps from where there is no network.

Pictures are named by their place in the list ``photos`` of an operation, so that the phone can
send them first and put their public numbers there.
"""

from collections.abc import Mapping
from datetime import datetime
from math import isfinite
from typing import Any

from dianliang.core.models import StoredFile
from dianliang.domain.catalog import inspecting as checklists
from dianliang.domain.safety.operations import inspecting
from dianliang.domain.safety.records import Answer, Found, Record
from dianliang.domain.work import access
from dianliang.domain.work.models import Visit
from dianliang.flows import safety
from dianliang.flows.phone_operations import Act, Outcome, PhoneOperation, text_of, uploaded
from dianliang.kernel.actor import Actor
from dianliang.kernel.errors import IllegalTransitionError, InvalidInputError

WORDS_MAX = 300
SEEN = frozenset({"ARRIVED", "DONE", "UNMET", "WITHDRAWN"})
"""States of a visit whose team may have been there: what it saw is true whatever came after."""

ON_SITE = SEEN - {"WITHDRAWN"}
"""States of a visit that prove an arrival: without one nothing is put right or seen to be."""


def _inspect(op: PhoneOperation, by: Actor, at: datetime) -> Outcome:
    visit = access.visit_of_own_team(op.number, by=by)
    if visit.status not in SEEN:
        raise IllegalTransitionError("还没有到现场，不能记检查。")
    sheet = checklists.sheet(op.text("checklist", longest=24), _whole(op.body.get("version")))
    if sheet is None:
        raise InvalidInputError("服务器不认识这个版本的检查清单，请联网刷新。", field="checklist")
    photos = uploaded(op.tokens("photos"))
    record = Record(
        answers=tuple(_answer(row, photos) for row in _rows(op, "answers")),
        found=tuple(_found(row, photos) for row in _rows(op, "hazards")),
        inspected_at=op.happened_at,
        remarks=op.text("remarks"),
        signature=next(iter(uploaded(op.tokens("signature"))), None),
        signer=op.text("signer", longest=40),
        unsigned_reason=op.text("unsigned_reason", longest=120),
    )
    inspecting.record(
        visit=visit, sheet=sheet, record=record, by=by, at=at, device_at=op.happened_at
    )
    return Outcome.APPLIED


def _recheck(op: PhoneOperation, by: Actor, at: datetime) -> Outcome:
    visit = _visit_on_site(op, by=by)
    hazard = safety.own_hazard(op.text("hazard", longest=24), visit=visit, task="recheck")
    passed = op.body.get("passed")
    if not isinstance(passed, bool):
        raise InvalidInputError("请选择复查合格或不合格。", field="passed")
    if hazard.status == "CLOSED" and passed:
        return Outcome.ALREADY
    photo = next(iter(uploaded(op.tokens("photos"))), None)
    safety.judge(
        hazard=hazard,
        passed=passed,
        photo=photo,
        words=op.text("words", longest=200),
        by=by,
        at=at,
        device_at=op.happened_at,
    )
    return Outcome.APPLIED


def _rectify(op: PhoneOperation, by: Actor, at: datetime) -> Outcome:
    visit = _visit_on_site(op, by=by)
    hazard = safety.own_hazard(op.text("hazard", longest=24), visit=visit, task="repair")
    photo = next(iter(uploaded(op.tokens("photos"))), None)
    safety.claim(
        hazard=hazard,
        photo=photo,
        words=op.text("words", longest=WORDS_MAX),
        by=by,
        at=at,
        device_at=op.happened_at,
    )
    return Outcome.APPLIED


def _visit_on_site(op: PhoneOperation, *, by: Actor) -> Visit:
    """Return the visit of an operation that only somebody on site can do."""
    visit = access.visit_of_own_team(op.number, by=by)
    if visit.status not in ON_SITE:
        raise IllegalTransitionError("还没有到现场，不能报整改或复查；请先到达，再拍照。")
    return visit


def _rows(op: PhoneOperation, name: str) -> list[Mapping[str, Any]]:
    rows = op.body.get(name) or []
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise InvalidInputError("检查记录的格式不对，请更新页面后再试。", field=name)
    return rows


def _answer(row: Mapping[str, Any], photos: tuple[StoredFile, ...]) -> Answer:
    code = text_of(row.get("code"), field="answers", longest=12)
    number = row.get("number")
    if number is not None and not _is_number(number):
        raise InvalidInputError("检查数值应是一个数。", field=code)
    shown = row.get("photos") or []
    if not isinstance(shown, list):
        raise InvalidInputError("照片清单格式不对。", field="photos")
    return Answer(
        code=code,
        value=text_of(row.get("value", ""), field="answers", longest=8),
        number=None if number is None else float(number),
        note=text_of(row.get("note", ""), field="answers", longest=200),
        photos=tuple(_at(photos, place) for place in shown),
    )


def _found(row: Mapping[str, Any], photos: tuple[StoredFile, ...]) -> Found:
    fixed = row.get("fixed")
    photo = row.get("photo")
    return Found(
        code=text_of(row.get("code"), field="hazards", longest=12),
        words=text_of(row.get("words", ""), field="hazards", longest=WORDS_MAX),
        hazard_class=text_of(row.get("class"), field="hazards", longest=8),
        party=text_of(row.get("party"), field="hazards", longest=12),
        deadline_days=_whole(row.get("days")),
        photo=None if photo is None else _at(photos, photo),
        fixed=None if fixed is None else _at(photos, fixed),
    )


def _at(photos: tuple[StoredFile, ...], place: Any) -> StoredFile:
    if not isinstance(place, int) or isinstance(place, bool) or not 0 <= place < len(photos):
        raise InvalidInputError("有照片对不上检查项，请重新拍。", field="photos")
    return photos[place]


def _whole(value: Any) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value < 10_000:
        raise InvalidInputError("这里应是整数。", field="days")
    return value


def _is_number(value: Any) -> bool:
    return (
        isinstance(value, int | float)
        and not isinstance(value, bool)
        and abs(value) < 1e9
        and isfinite(value)
    )


VERBS: dict[str, Act] = {"inspect": _inspect, "recheck": _recheck, "rectify": _rectify}
