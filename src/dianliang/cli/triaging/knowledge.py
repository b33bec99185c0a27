"""What a run of ``dianliang triage`` knows: an installation, files, or what the program brings."""

import csv
import json
import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module
from importlib.resources import files
from io import StringIO
from pathlib import Path
from typing import Any

from dianliang.cli.triaging.arguments import Asked
from dianliang.core import sheets
from dianliang.core.checks import Checks
from dianliang.core.home import DATABASE
from dianliang.engines.triage import (
    DEFAULT_LEXICON,
    AreaCard,
    Knowledge,
    ServiceCard,
    Triage,
)
from dianliang.kernel.errors import DomainError
from dianliang.kernel.text import decoded

SERVICE_COLUMNS = {
    "code": "事项编码",
    "name": "名称",
    "description": "说明",
    "keywords": "关键词",
    "examples": "示例说法",
    "is_urgent": "默认紧急",
}
AREA_COLUMNS = {
    "code": "编码",
    "name": "名称",
    "level": "级别",
    "parent": "上级编码",
    "aliases": "别名",
}
NEEDED = 4
"""The columns of areas that a table must have; the import has the same."""
LEVELS = {
    "省": "province",
    "市": "city",
    "县（区）": "county",
    "县": "county",
    "区": "county",
    "乡镇（街道）": "township",
    "乡镇": "township",
    "街道": "township",
    "村（社区）": "village",
    "村": "village",
    "社区": "village",
    "网格": "grid",
}
"""What a table calls the levels, as the import of areas knows them."""
_BESIDES = frozenset(
    {
        *(
            "element",
            "skill",
            "duration_min",
            "needs_visit",
            "venue_types",
            "checklist",
            "inspects",
        ),
        *("is_private", "is_active", "position", "area_class", "lat", "lon", "coordinate_source"),
        *("要素", "所需技能", "预计时长（分钟）", "需上门", "适用场所", "作业清单", "启用", "排序"),
        *("服务半径类别", "纬度", "经度"),
    }
)
"""What the catalogue and the import's template have besides; understanding a text needs none."""
_MANY = frozenset({"keywords", "examples", "aliases"})
_YES, _NO = frozenset({"是", "true", "1", "yes"}), frozenset({"", "否", "false", "0", "no"})
FOUND_IN_TEXTS = frozenset({"county", "township", "village"})
LONGEST_CODE, LONGEST_NAME, LONGEST_SHOWN = 40, 60, 60


class UnableToTriageError(DomainError):
    """A file of services or areas, or an installation, cannot be used."""

    code = "triage.unable"


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared:
    """A triage that is ready, what it knows in words, and what of the files it did not use."""

    triage: Triage
    words: str
    warnings: tuple[str, ...] = ()


def prepared(asked: Asked) -> Prepared:
    """Return the triage that was asked for.

    Raises:
        UnableToTriageError: a file or the installation cannot be used; the message says why.
        InvalidRowsError: rows of a file are wrong; all are named.
    """
    if asked.services or asked.areas:
        return _from_files(asked.services, asked.areas)
    if not asked.is_shipped:
        home = asked.home or Path(os.environ.get("DIANLIANG_HOME") or "var").expanduser()
        is_elsewhere = not asked.home and bool(os.environ.get("DIANLIANG_DATABASE"))
        if is_elsewhere or (home / DATABASE).exists():
            return _installed(home)
        if asked.home:
            message = f"{home} 里没有安装（没有 {DATABASE}）。请检查目录，或改用 --shipped。"
            raise UnableToTriageError(message)
    return _from_files(None, None, with_demo=True)


def _installed(home: Path) -> Prepared:
    """Prepare with an installation's own knowledge, and what its decisions taught."""
    os.environ["DIANLIANG_HOME"] = str(home)
    import_module("django").setup()
    try:
        made: Triage = import_module("dianliang.flows.triage").prepared()
    except import_module("django.db").DatabaseError as error:
        message = f"{home} 的数据库不能用（{error}）。请运行 dianliang doctor，或改用 --shipped。"
        raise UnableToTriageError(message) from error
    return Prepared(triage=made, words=f"安装 {home} 的事项、区域和词语（{made.version}）")


def _from_files(services: Path | None, areas: Path | None, *, with_demo: bool = False) -> Prepared:
    warnings: list[str] = []
    rows = _services(services, warnings) if services else _shipped_services()
    places: tuple[AreaCard, ...] = ()
    if areas:
        places = _areas(areas, warnings)
    elif with_demo:
        places = _shipped_areas()
    made = Triage(Knowledge(services=rows, areas=places, lexicon=DEFAULT_LEXICON))
    of_services = str(services) if services else "随程序的服务事项"
    of_areas = str(areas) if areas else "演示县（安吉）的区域" if with_demo else "没有区域"
    words = f"{of_services}、{of_areas}（{made.version}）"
    return Prepared(triage=made, words=words, warnings=tuple(warnings))


def _shipped_services() -> tuple[ServiceCard, ...]:
    """Return the catalogue that a new installation begins with."""
    data = files("dianliang.domain.catalog").joinpath("data", "services.json")
    return tuple(_service(row) for row in json.loads(data.read_text(encoding="utf-8")))


def _shipped_areas() -> tuple[AreaCard, ...]:
    data = files("dianliang.flows.demo").joinpath("data", "anji", "areas.csv")
    county = {"code": "330523", "name": "安吉县", "level": "county"}
    rows = csv.DictReader(StringIO(data.read_text(encoding="utf-8")))
    return tuple(_area(row) for row in [county, *rows])


def _services(path: Path, warnings: list[str]) -> tuple[ServiceCard, ...]:
    needed = [SERVICE_COLUMNS[key] for key in ("code", "name")]

    def check(row: sheets.SheetRow, checks: Checks) -> None:
        said = row.get(SERVICE_COLUMNS["is_urgent"])
        if said.lower() not in _YES | _NO:
            words = f"“{SERVICE_COLUMNS['is_urgent']}”应为是或否，现为“{said}”。"
            checks.add(row, words, SERVICE_COLUMNS["is_urgent"])

    rows = _rows(path, SERVICE_COLUMNS, needed=needed, check=check, warnings=warnings)
    return tuple(_service(row) for row in rows)


def _areas(path: Path, warnings: list[str]) -> tuple[AreaCard, ...]:
    needed = [*AREA_COLUMNS.values()][:NEEDED]

    def check(row: sheets.SheetRow, checks: Checks) -> None:
        checks.choice(row, AREA_COLUMNS["level"], {**LEVELS, **_SAME}, "village")

    rows = _rows(path, AREA_COLUMNS, needed=needed, check=check, warnings=warnings)
    cards = (_area(row) for row in rows)
    return tuple(card for card in cards if card.level in FOUND_IN_TEXTS)


_SAME = {level: level for level in LEVELS.values()}


def _rows(
    path: Path,
    columns: Mapping[str, str],
    *,
    needed: Sequence[str],
    check: Callable[[sheets.SheetRow, Checks], None],
    warnings: list[str],
) -> Iterator[dict[str, Any]]:
    """Yield the rows of a file, by the names that JSON has for them.

    Fields that nobody knows are told in `warnings`: one may be a known one, misspelt.

    Raises:
        UnreadableSheetError, UnableToTriageError: the file is no such table.
        InvalidRowsError: rows lack what they need, or a code stands twice.
    """
    content = _content(path)
    checks = Checks(path.name)
    if content.removeprefix(b"\xef\xbb\xbf").lstrip().startswith((b"[", b"{")):
        entries = _json_entries(content, path)
        unused = {key for one in entries for key in one} - {*columns, "parent_code"} - _BESIDES
        rows = [_as_row(number, one, columns, checks) for number, one in enumerate(entries, 1)]
        known: Iterable[str] = columns
    else:
        known = columns.values()
        rows = sheets.read(content, name=path.name, headings=needed, optional=[*known])
        unused = {key for row in rows for key in row.columns} - {*known, ""} - _BESIDES
    if unused:
        warnings.append(
            f"{path.name} 里不认识、没有用上的：{'、'.join(sorted(unused))}。"
            f"认识的是：{'、'.join(known)}。"
        )
    code, name = columns["code"], columns["name"]
    checks.once(rows, code)
    for row in rows:
        checks.code(row, code, LONGEST_CODE, needed=True)
        checks.text(row, name, LONGEST_NAME, needed=True)
        check(row, checks)
    checks.raise_if_any()
    return ({key: row.get(heading) for key, heading in columns.items()} for row in rows)


def _json_entries(content: bytes, path: Path) -> list[dict[str, Any]]:
    try:
        found = json.loads(decoded(content) or "")
    except (ValueError, RecursionError) as error:
        raise UnableToTriageError(f"{path} 不是完整的 JSON，请检查。") from error
    if not isinstance(found, list) or not all(isinstance(one, dict) for one in found):
        raise UnableToTriageError(f'{path} 应是一个列表，每项是一个对象，例如 {{"code": …}}。')
    return found


def _as_row(
    number: int, entry: Mapping[str, Any], columns: Mapping[str, str], checks: Checks
) -> sheets.SheetRow:
    """Return an entry as a row of a table: lists become words with a line each."""
    row = sheets.SheetRow(number, {})
    for key, heading in columns.items():
        value = entry.get(key, entry.get(f"{key}_code"))
        if not _is_fit(key, value):
            should = "文字，或一列文字" if key in _MANY else "文字"
            should = " true 或 false" if key == "is_urgent" else should
            told = json.dumps(value, ensure_ascii=False)[:LONGEST_SHOWN]
            checks.add(row, f"{key} 应为{should}，现为 {told}。")
            value = None
        row.cells[heading] = _told(value)
    return row


def _is_fit(key: str, value: object) -> bool:
    """Tell whether a field holds what it may: a word, words, or yes and no."""
    if value is None or (isinstance(value, str | int) and not isinstance(value, bool)):
        return True
    if isinstance(value, bool):
        return key == "is_urgent"
    return key in _MANY and isinstance(value, list) and all(isinstance(one, str) for one in value)


def _told(value: object) -> str:
    if value is None or value is False:
        return ""
    if value is True:
        return "是"
    return "\n".join(value) if isinstance(value, list) else str(value)


def _service(row: Mapping[str, Any]) -> ServiceCard:
    return ServiceCard(
        code=row["code"],
        name=row["name"],
        description=row.get("description", ""),
        keywords=_several(row.get("keywords", "")),
        examples=_several(row.get("examples", "")),
        is_urgent=str(row.get("is_urgent", "")).lower() in _YES,
    )


def _area(row: Mapping[str, Any]) -> AreaCard:
    level = row.get("level") or "village"
    return AreaCard(
        code=row["code"],
        name=row["name"],
        level=LEVELS.get(level, level),
        parent_code=row.get("parent") or "",
        aliases=_several(row.get("aliases", "")),
    )


def _several(value: str | Iterable[str]) -> tuple[str, ...]:
    """Return the words of a cell, one a line or with 、 or ； between."""
    if not isinstance(value, str):
        return tuple(value)
    for mark in "、；;":
        value = value.replace(mark, "\n")
    return tuple(filter(None, map(str.strip, value.split("\n"))))


def _content(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        message = f"读不了 {path}：{error.strerror}。请检查文件名和权限。"
        raise UnableToTriageError(message) from error
