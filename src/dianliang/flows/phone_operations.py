"""What a phone sends, parsed strictly and one by one: a bad line harms no other."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum
from math import isfinite
from typing import Any

from dianliang.core.models import StoredFile
from dianliang.domain.work.operations.visits import Checked
from dianliang.kernel.actor import Actor
from dianliang.kernel.errors import InvalidInputError
from dianliang.kernel.geo import GeoPoint
from dianliang.kernel.text import clean_text

KEY = re.compile(r"[A-Za-z0-9_-]{8,80}", re.ASCII)
NUMBER = re.compile(r"[A-Za-z0-9_-]{1,24}", re.ASCII)
TOKEN = re.compile(r"[A-Za-z0-9_-]{8,40}", re.ASCII)
LABELS = {
    "reason": "原因",
    "findings": "情况记录",
    "checklist": "作业清单",
    "text": "需求内容",
    "on_behalf_of": "替谁报",
    "phone": "电话",
    "address": "地址",
}
LINES_MAX = 40
TEXT_MAX = 2000
LONGEST = 4000
DEEPEST = 4
FARTHEST_M = 1e7
OLDEST = timedelta(days=30)


class Outcome(StrEnum):
    """What became of an operation; all but `WAITING` are for good."""

    APPLIED = "applied"
    ALREADY = "already"
    CONFLICT = "conflict"
    REFUSED = "refused"
    WAITING = "waiting"


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """The answer to one operation, with the server's state in plain words when they differ."""

    key: str
    outcome: Outcome
    words: str = ""
    field: str | None = None
    server: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Spot:
    """Where a phone says that it is, and how sure it is of that."""

    point: GeoPoint
    accuracy_m: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PhoneOperation:
    """One thing somebody did on the phone, perhaps offline.

    `after` is the key of the operation on the same subject that the phone recorded before this
    one: an operation that overtakes it waits. `happened_at` is the phone's time, corrected by
    how far its clock is off.
    """

    key: str
    verb: str
    number: str
    happened_at: datetime
    after: str = ""
    body: Mapping[str, Any] = field(default_factory=dict)

    def fingerprint(self) -> dict[str, Any]:
        """Return what must be equal when the key comes again; the clock's error may differ."""
        return {"verb": self.verb, "number": self.number, "after": self.after, "body": self.body}

    def text(self, name: str, *, longest: int = TEXT_MAX) -> str:
        """Return a text of the body, stripped; absent is empty.

        Raises:
            InvalidInputError: not a text, too long, or unstorable.
        """
        return text_of(self.body.get(name, ""), field=name, longest=longest)

    def day(self, name: str) -> date:
        """Return a date of the body.

        Raises:
            InvalidInputError: not a date.
        """
        try:
            return date.fromisoformat(self.text(name, longest=10))
        except ValueError as error:
            raise InvalidInputError("日期应写成 2026-11-24 的样子。", field=name) from error

    def tokens(self, name: str) -> tuple[str, ...]:
        """Return the public numbers of uploaded files, each once, in order.

        Raises:
            InvalidInputError: not a list of such numbers.
        """
        given = self.body.get(name) or []
        if not isinstance(given, list) or len(given) > LINES_MAX:
            raise InvalidInputError("照片清单格式不对。", field=name)
        return tuple(dict.fromkeys(_matching(TOKEN, token, field=name) for token in given))

    def token(self, name: str) -> str:
        """Return a public token that the phone has made.

        Raises:
            InvalidInputError: not such a token.
        """
        return _matching(TOKEN, self.body.get(name), field=name)

    def place(self) -> Spot | None:
        """Return where it was done, if the phone knew and was allowed to say.

        Raises:
            InvalidInputError: not a place on earth.
        """
        spot = self.body.get("spot")
        if spot is None:
            return None
        given = spot if isinstance(spot, dict) else {}
        values = [given.get(name) for name in ("lat", "lon", "accuracy")]
        numbers = [float(v) for v in values if isinstance(v, int | float) and abs(v) < FARTHEST_M]
        if len(numbers) != len(values):
            raise InvalidInputError("位置的格式不对，请重新定位。", field="spot")
        lat, lon, accuracy = numbers
        return Spot(point=GeoPoint(lat, lon), accuracy_m=max(0, round(accuracy)))

    def checked(self) -> tuple[Checked, ...]:
        """Return the ticked checklist.

        Raises:
            InvalidInputError: not a list of lines with item, ok and note.
        """
        lines = self.body.get("checklist") or []
        if not isinstance(lines, list) or len(lines) > LINES_MAX:
            raise InvalidInputError("作业清单格式不对。", field="checklist")
        return tuple(_checked(line) for line in lines)


def parse(raw: Any, *, clock_error: timedelta, at: datetime) -> PhoneOperation:
    """Read one operation from the wire.

    Raises:
        InvalidInputError: a part is missing or cannot be what it claims to be; `field` says which.
    """
    if not isinstance(raw, dict):
        raise InvalidInputError("每项操作应是一个对象。", field="operation")
    body = raw.get("body") or {}
    if not isinstance(body, dict):
        raise InvalidInputError("操作内容应是一个对象。", field="body")
    _require_storable(body)
    return PhoneOperation(
        key=_matching(KEY, raw.get("key"), field="key"),
        verb=_matching(NUMBER, raw.get("verb"), field="verb"),
        number=_matching(NUMBER, raw.get("number"), field="number"),
        happened_at=_instant(raw.get("device_at"), clock_error=clock_error, at=at),
        after=_matching(KEY, raw["after"], field="after") if raw.get("after") else "",
        body=body,
    )


def clock_error(sent_at: Any, *, at: datetime) -> timedelta:
    """Return how far the phone's clock is behind ours; nothing when it does not say."""
    try:
        sent = datetime.fromisoformat(str(sent_at))
        return at - sent if sent.tzinfo else timedelta(0)
    except (ValueError, OverflowError):
        return timedelta(0)


def text_of(value: Any, *, field: str, longest: int = TEXT_MAX) -> str:
    """Return a text from the wire that both databases can keep.

    Raises:
        InvalidInputError: not a text, too long, or unstorable.
    """
    if not isinstance(value, str):
        raise InvalidInputError("这里应是文字。", field=field)
    return clean_text(value, field=field, label=LABELS.get(field, "文字"), most=longest)


def _require_storable(value: Any, *, depth: int = 0) -> None:
    """Refuse what a database could not keep: the phone's side of a conflict is kept as it came."""
    if depth > DEEPEST:
        raise InvalidInputError("操作内容的格式不对。", field="body")
    if isinstance(value, dict):
        for name, part in value.items():
            _require_storable(name, depth=depth + 1)
            _require_storable(part, depth=depth + 1)
    elif isinstance(value, list):
        for part in value[: LINES_MAX + 1]:
            _require_storable(part, depth=depth + 1)
        if len(value) > LINES_MAX:
            raise InvalidInputError("操作内容太长。", field="body")
    elif isinstance(value, str):
        clean_text(value, field="body", label="文字", most=LONGEST)
    elif isinstance(value, float) and not isfinite(value):
        raise InvalidInputError("操作内容里有不是数的数。", field="body")


def _matching(shape: re.Pattern[str], value: Any, *, field: str) -> str:
    if not isinstance(value, str) or not shape.fullmatch(value):
        raise InvalidInputError("操作的格式不对，请更新页面后再试。", field=field)
    return value


def _instant(value: Any, *, clock_error: timedelta, at: datetime) -> datetime:
    try:
        instant = datetime.fromisoformat(value if isinstance(value, str) else "")
        if instant.tzinfo is None:
            raise InvalidInputError("操作时间必须带时区。", field="device_at")
        corrected = min(instant + clock_error, at)
        if at - corrected > OLDEST:
            raise InvalidInputError("这项操作已超过 30 天，请联系调度员补记。", field="device_at")
    except (ValueError, OverflowError) as error:
        raise InvalidInputError("操作时间无法识别。", field="device_at") from error
    return corrected


def _checked(line: Any) -> Checked:
    if not isinstance(line, dict) or not isinstance(line.get("ok"), bool):
        raise InvalidInputError("作业清单格式不对。", field="checklist")
    return Checked(
        item=text_of(line.get("item"), field="checklist", longest=200),
        ok=line["ok"],
        note=text_of(line.get("note", ""), field="checklist", longest=200),
    )


def uploaded(tokens: Sequence[str]) -> tuple[StoredFile, ...]:
    """Return the files behind the tokens of an operation.

    Raises:
        InvalidInputError: one has not arrived.
    """
    found = {row.token: row for row in StoredFile.objects.filter(token__in=tokens)}
    if any(token not in found for token in tokens):
        raise InvalidInputError("有照片还没有传到服务器，请稍后再试。", field="photos")
    return tuple(found[token] for token in tokens)


Act = Callable[[PhoneOperation, Actor, datetime], Outcome | Result]
"""What a verb does: its outcome, or the whole answer where it has something to say."""
